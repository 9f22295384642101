//! Draws lines in panels above one another.

use plotters::prelude::*;
use std::error::Error;

/// A line: its label and its points.
pub type Line = (String, Vec<(f64, f64)>);

/// One panel.
pub struct Panel {
    /// What it shows.
    pub title: String,
    /// The horizontal axis.
    pub x: String,
    /// The vertical axis.
    pub y: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

impl Panel {
    /// A panel of these lines.
    pub fn new(title: &str, x: &str, y: &str, lines: Vec<Line>) -> Self {
        Self { title: title.into(), x: x.into(), y: y.into(), lines }
    }
}

/// Colours that stay apart for colour-blind readers (Okabe and Ito).
const COLOURS: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(120, 120, 120),
];

/// Writes the picture as docs/pictures/NAME.svg of the repository, or where the first word of the command line says.
pub fn draw(name: &str, panels: &[Panel]) -> Result<(), Box<dyn Error>> {
    let usual = format!("{}/../../docs/pictures/{name}.svg", env!("CARGO_MANIFEST_DIR"));
    let path = std::env::args().nth(1).unwrap_or(usual);
    let root = SVGBackend::new(&path, (860, 260 * panels.len() as u32)).into_drawing_area();
    root.fill(&WHITE)?;
    for (area, panel) in root.split_evenly((panels.len(), 1)).into_iter().zip(panels) {
        let points = || panel.lines.iter().flat_map(|(_, points)| points);
        let range = |of: fn(&(f64, f64)) -> f64| {
            points().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)))
        };
        let ((left, right), (low, high)) = (range(|p| p.0), range(|p| p.1));
        let space = 0.06 * (high - low).max(1e-9);
        // Room for the labels above the lines.
        let above = if panel.lines.len() > 1 { (2.0 + panel.lines.len() as f64) * space } else { space };
        let mut chart = ChartBuilder::on(&area)
            .caption(&panel.title, ("sans-serif", 17))
            .margin(8)
            .x_label_area_size(36)
            .y_label_area_size(64)
            .build_cartesian_2d(left..right, (low - space)..(high + above))?;
        chart
            .configure_mesh()
            .x_desc(&panel.x)
            .y_desc(&panel.y)
            .light_line_style(WHITE)
            .bold_line_style(RGBColor(235, 235, 235))
            .label_style(("sans-serif", 13))
            .draw()?;
        for (i, (label, points)) in panel.lines.iter().enumerate() {
            let colour = COLOURS[i % COLOURS.len()];
            chart
                .draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))?
                .label(label)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
        }
        if panel.lines.len() > 1 {
            chart
                .configure_series_labels()
                .position(SeriesLabelPosition::UpperRight)
                .background_style(WHITE.mix(0.85))
                .label_font(("sans-serif", 13))
                .draw()?;
        }
    }
    root.present()?;
    println!("wrote {path}");
    Ok(())
}

/// A channel of a recording, every so many samples, between two times.
#[allow(dead_code)]
pub fn line(
    label: &str,
    recording: &accumbens_core::Recording,
    channel: &str,
    every: usize,
    [from, to]: [f64; 2],
) -> Line {
    let data = recording.channel(channel).map(|c| c.data.clone()).unwrap_or_default();
    let points = recording.times.iter().copied().zip(data).filter(|(t, _)| (from..=to).contains(t));
    let points: Vec<(f64, f64)> = points.collect();
    let mean = |c: &[(f64, f64)]| (c[c.len() / 2].0, c.iter().map(|p| p.1).sum::<f64>() / c.len() as f64);
    (label.into(), points.chunks(every).map(mean).collect())
}
