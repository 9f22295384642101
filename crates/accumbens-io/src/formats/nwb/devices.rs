//! What an NWB file says of each column of a series: fibre, indicator, wavelengths.

use crate::hdf5::{Node, Tree};
use accumbens_core::Result;

/// What is known of a column.
#[derive(Default)]
pub(super) struct Column {
    /// Its name within the series.
    pub name: String,
    /// Peak of the excitation, nm.
    pub excitation: Option<f64>,
    /// Peak of the emission, nm.
    pub emission: Option<f64>,
    /// What else is said.
    pub about: Vec<(String, String)>,
}

/// What is known of each column of a series.
pub(super) fn columns(tree: &Tree, series: &Node, count: usize) -> Result<Vec<Column>> {
    let mut columns: Vec<Column> =
        (0..count).map(|i| Column { name: (i + 1).to_string(), ..Column::default() }).collect();
    identities(series, &mut columns);
    // Each region points, column by column, to rows of a table of fibres, sources, indicators or detectors.
    for region in &series.datasets {
        let Ok(attribute) = region.attribute("table") else { continue };
        let Some(table) = tree.reference(&attribute).and_then(|path| tree.group(path)) else { continue };
        let rows = tree.all(region)?;
        for (at, column) in columns.iter_mut().enumerate() {
            // A single row is of every column, as a fibre through which two wavelengths go.
            let at = if rows.len() == 1 { 0 } else { at };
            let Some(row) = rows.get(at) else { break };
            describe(tree, table, *row as usize, column)?;
        }
    }
    let labels: Vec<String> = columns.iter().map(label).collect();
    let distinct = labels.iter().all(|l| !l.is_empty() && labels.iter().filter(|m| *m == l).count() == 1);
    if distinct {
        columns.iter_mut().zip(labels).for_each(|(c, l)| c.name = l);
    }
    for word in ["virus", "coordinate", "optic_fiber_diameter", "laser_intensity", "description"] {
        if let Some(said) = series.word(word).filter(|s| !s.is_empty() && s != "no description") {
            columns.iter_mut().for_each(|c| c.about.push((word.into(), said.clone())));
        }
    }
    Ok(columns)
}

/// Names of columns in one attribute, such as `raw405,raw470`.
fn identities(series: &Node, columns: &mut [Column]) {
    let Some(names) = series.word("data_identity") else { return };
    let names: Vec<&str> = names.split(',').map(str::trim).collect();
    if names.len() == columns.len() {
        for (column, name) in columns.iter_mut().zip(names) {
            column.excitation = crate::roles::wavelength(name);
            column.name = name.to_owned();
        }
    }
}

fn label(column: &Column) -> String {
    let place = column.about.iter().find(|(what, _)| what == "location").map_or("", |(_, said)| said);
    let light = column.excitation.map_or_else(String::new, |nm| format!("{nm:.0}"));
    [place, &light].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Adds what one row of a table says.
fn describe(tree: &Tree, table: &Node, row: usize, column: &mut Column) -> Result<()> {
    let (dyes, detectors) = match table.neurodata_type().as_str() {
        "FluorophoresTable" => (true, false),
        "PhotodetectorsTable" => (false, true),
        _ => (false, false),
    };
    for dataset in table.datasets.iter().filter(|d| !matches!(d.name(), "id" | "coordinates" | "notes")) {
        let name = dataset.name();
        if Tree::is_text(dataset) {
            if let Some(said) = tree.texts(dataset)?.get(row).filter(|s| !s.is_empty()) {
                let what = if dyes && name == "label" { "indicator" } else { name };
                // The first to say where it is says where the fibre is.
                if !column.about.iter().any(|(known, _)| known == what) {
                    column.about.push((what.into(), said.clone()));
                }
            }
        } else if matches!(dataset.dtype(), hdf5_reader::Datatype::Reference { .. }) {
            if let Some(device) = tree.references(dataset)?.get(row).and_then(|path| tree.group(path)) {
                refer(tree, name, device, column);
            }
        } else if dataset.shape().len() == 1 {
            let number = tree.numbers(dataset, row..row + 1, None)?.first().copied();
            let number = number.filter(|x| x.is_finite());
            match name {
                // Where the dye is best excited is not what it was excited with.
                "excitation_peak_wavelength" if dyes => {}
                "peak_wavelength" if detectors => column.emission = column.emission.or(number),
                _ => wavelength(name, number, column),
            }
        }
    }
    Ok(())
}

/// Adds what a device that a row refers to says.
fn refer(tree: &Tree, role: &str, device: &Node, column: &mut Column) {
    let said = device.word("label").unwrap_or_else(|| device.name().to_owned());
    column.about.push((role.into(), said));
    let below = |n: &&Node| n.path.strip_prefix(&device.path).is_some_and(|rest| rest.is_empty() || rest == "/model");
    for node in tree.groups.iter().filter(below) {
        for attribute in &node.attributes {
            wavelength(&attribute.name, attribute.read_as_f64().ok(), column);
        }
    }
}

fn wavelength(name: &str, number: Option<f64>, column: &mut Column) {
    if name.starts_with("excitation") || name == "peak_wavelength" {
        column.excitation = column.excitation.or(number);
    } else if name.starts_with("emission") {
        column.emission = column.emission.or(number);
    }
}
