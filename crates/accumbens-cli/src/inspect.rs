//! .
use accumbens_core::Result;
/// .
#[derive(clap::Args)]
pub struct Args {}
pub fn run(_: &Args, _: bool) -> Result<()> {
    Ok(())
}
