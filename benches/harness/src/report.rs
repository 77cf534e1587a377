//! What was found, in numbers and as Markdown.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// A table of figures, of one part.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Section {
    /// The name of its part.
    pub part: String,
    pub title: String,
    /// How it was measured, in a sentence or two.
    pub about: String,
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
    /// Why there are no figures, if there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Row {
    pub name: String,
    pub cells: Vec<Option<Cell>>,
}

/// A figure, and what it is beside raw hyper's.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Cell {
    pub value: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// The least and the greatest ratio of a round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<(f64, f64)>,
}

impl Cell {
    pub fn plain(value: f64) -> Option<Self> {
        Some(Self {
            value,
            ..Self::default()
        })
    }

    /// A figure that does not swing, beside another.
    pub fn beside(value: f64, base: f64) -> Option<Self> {
        Some(Self {
            value,
            ratio: Some(value / base),
            spread: None,
        })
    }

    /// The median of rounds; each is compared with the same round of `base`.
    pub fn rounds(values: &[f64], base: &[f64]) -> Option<Self> {
        let ratios: Vec<_> = values
            .iter()
            .zip(base)
            .map(|(value, base)| value / base)
            .collect();
        let least = ratios.iter().copied().fold(f64::MAX, f64::min);
        let greatest = ratios.iter().copied().fold(f64::MIN, f64::max);
        Some(Self {
            value: median(values)?,
            ratio: median(&ratios),
            spread: (ratios.len() > 1).then_some((least, greatest)),
        })
    }
}

pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

impl Section {
    pub fn new(part: &str, title: &str, about: &str, columns: &[&str]) -> Self {
        Self {
            part: part.to_owned(),
            title: title.to_owned(),
            about: about.to_owned(),
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
            ..Self::default()
        }
    }

    pub fn row(&mut self, name: &str, cells: Vec<Option<Cell>>) {
        self.rows.push(Row {
            name: name.to_owned(),
            cells,
        });
    }

    pub fn markdown(&self) -> String {
        let mut text = format!("### {}\n\n{}\n\n", self.title, self.about);
        if let Some(reason) = &self.skipped {
            let first = reason.lines().next().unwrap_or_default();
            text.push_str(&format!("Not measured: {first}\n\n"));
            return text;
        }
        line(&mut text, "", self.columns.iter().cloned());
        line(
            &mut text,
            "---",
            self.columns.iter().map(|_| "---".to_owned()),
        );
        for row in &self.rows {
            line(&mut text, &row.name, row.cells.iter().map(cell));
        }
        text.push('\n');
        text
    }
}

fn line(text: &mut String, name: &str, cells: impl Iterator<Item = String>) {
    let cells: Vec<_> = cells.collect();
    writeln!(text, "| {name} | {} |", cells.join(" | ")).unwrap_or_default();
}

fn cell(cell: &Option<Cell>) -> String {
    let Some(Cell {
        value,
        ratio,
        spread,
    }) = cell
    else {
        return "-".to_owned();
    };
    let digits = match value.abs() {
        ..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    let mut text = format!("{value:.digits$}");
    if let Some(ratio) = ratio {
        write!(text, " ({ratio:.2}").unwrap_or_default();
        if let Some((least, greatest)) = spread {
            write!(text, "; {least:.2} to {greatest:.2}").unwrap_or_default();
        }
        text.push(')');
    }
    text
}
