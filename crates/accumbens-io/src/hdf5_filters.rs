//! Filters of HDF5 chunks that the reader does not bring: h5py's LZF and Zstandard.

use hdf5_reader::FilterRegistry;
use hdf5_reader::error::Error;
use hdf5_reader::messages::filter_pipeline::FilterDescription;
use std::io::Read;

/// h5py's own filter.
const LZF: u16 = 32_000;
/// Zstandard.
const ZSTD: u16 = 32_015;

/// Every filter that is read, each bounded to chunks of `most` bytes.
pub(crate) fn registry(most: usize) -> FilterRegistry {
    let mut registry = FilterRegistry::new();
    let lzf = move |filter: &FilterDescription, data: &[u8], _: usize| {
        // The third number of the filter is the size of a chunk; what does not shrink is stored as it is.
        let size = filter.client_data.get(2).map_or(0, |s| *s as usize);
        if size == 0 || size > most {
            return Err(Error::FilterError(format!("LZF: chunks of {size} bytes, at most {most} are read")));
        }
        lzf::decompress(data, size).map_err(|e| Error::DecompressionError(format!("LZF: {e}")))
    };
    let zstd = move |_: &FilterDescription, data: &[u8], _: usize| {
        let fault = |e: std::io::Error| Error::DecompressionError(format!("Zstandard: {e}"));
        let mut out = Vec::new();
        zstd::Decoder::new(data).map_err(fault)?.take(most as u64 + 1).read_to_end(&mut out).map_err(fault)?;
        if out.len() > most {
            return Err(Error::FilterError(format!("Zstandard: a chunk of more than {most} bytes")));
        }
        Ok(out)
    };
    registry.register(LZF, Box::new(lzf));
    registry.register(ZSTD, Box::new(zstd));
    registry
}
