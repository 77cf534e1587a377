//! The plot of the README: bars of what was found, beside raw hyper.

use std::fmt::Write as _;

use crate::report::{Row, Section};

/// A part that is drawn: so many of its columns, and what it is called.
struct Panel {
    part: &'static str,
    bars: usize,
    title: &'static str,
}

const PANELS: [Panel; 3] = [
    Panel {
        part: "instructions",
        bars: 3,
        title: "Instructions per request (less is better)",
    },
    Panel {
        part: "requests",
        bars: 3,
        title: "Requests per second of the server's processor (more is better)",
    },
    Panel {
        part: "memory",
        bars: 1,
        title: "Memory of an idle connection (less is better)",
    },
];

const WIDTH: f64 = 720.0;
const LEFT: f64 = 120.0;
const BAR: f64 = 13.0;
const GAP: f64 = 10.0;
const HEAD: f64 = 46.0;
const COLORS: [&str; 3] = ["#2b6cb0", "#4299e1", "#90cdf4"];

/// An SVG, or nothing where none of this was measured.
pub fn draw(sections: &[Section]) -> Option<String> {
    let mut body = String::new();
    let mut top = 34.0;
    for panel in &PANELS {
        let section = sections.iter().find(|section| section.part == panel.part);
        if let Some(section) = section.filter(|section| !section.rows.is_empty()) {
            top = draw_panel(&mut body, panel, section, top).ok()?;
        }
    }
    if body.is_empty() {
        return None;
    }
    let title = "Beside raw hyper with its defaults, which is 1";
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {top:.0}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>{title}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"12\" y=\"22\" font-size=\"14\" font-weight=\"bold\">{title}</text>\n{body}</svg>\n"
    ))
}

/// Draws below `top`, and gives where the next begins.
fn draw_panel(
    svg: &mut String,
    panel: &Panel,
    section: &Section,
    top: f64,
) -> Result<f64, std::fmt::Error> {
    let greatest = section.rows.iter().flat_map(|row| ratios(row, panel.bars));
    let scale = (WIDTH - LEFT - 60.0) / greatest.fold(1.0, f64::max);
    let (title, under) = (panel.title, top + 18.0);
    writeln!(
        svg,
        "<text x=\"12\" y=\"{under}\" font-weight=\"bold\">{title}</text>"
    )?;
    if panel.bars > 1 {
        legend(svg, &section.columns[..panel.bars], top + 26.0)?;
    }
    let mut row_top = top + HEAD;
    for row in &section.rows {
        row_top = bars(svg, row, panel.bars, row_top, scale)?;
    }
    let one = LEFT + scale;
    let (from, to) = (top + HEAD - 4.0, row_top - GAP + 4.0);
    writeln!(
        svg,
        "<line x1=\"{one:.1}\" y1=\"{from}\" x2=\"{one:.1}\" y2=\"{to}\" stroke=\"#718096\" stroke-dasharray=\"3 3\"/>"
    )?;
    Ok(row_top + GAP)
}

fn legend(svg: &mut String, columns: &[String], top: f64) -> std::fmt::Result {
    for (at, column) in columns.iter().enumerate() {
        let (x, color, name) = (
            LEFT + 150.0 * at as f64,
            COLORS[at],
            column.replace('`', ""),
        );
        let (text, base) = (x + 16.0, top + 10.0);
        writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{top}\" width=\"11\" height=\"11\" fill=\"{color}\"/><text x=\"{text}\" y=\"{base}\">{name}</text>"
        )?;
    }
    Ok(())
}

/// The bars of one server; gives where the next begin.
fn bars(
    svg: &mut String,
    row: &Row,
    count: usize,
    top: f64,
    scale: f64,
) -> Result<f64, std::fmt::Error> {
    let (height, middle) = (BAR * count as f64, top + BAR * count as f64 / 2.0 + 3.0);
    let weight = if row.name == "toolkit-zero" {
        "bold"
    } else {
        "normal"
    };
    let (x, name) = (LEFT - 10.0, &row.name);
    writeln!(
        svg,
        "<text x=\"{x}\" y=\"{middle}\" text-anchor=\"end\" font-weight=\"{weight}\">{name}</text>"
    )?;
    for (at, ratio) in ratios(row, count).enumerate() {
        let (y, width, thick, color) =
            (top + BAR * at as f64, ratio * scale, BAR - 2.0, COLORS[at]);
        let (text, base) = (LEFT + width + 5.0, y + 9.5);
        writeln!(
            svg,
            "<rect x=\"{LEFT}\" y=\"{y}\" width=\"{width:.1}\" height=\"{thick}\" fill=\"{color}\"/>\
             <text x=\"{text:.1}\" y=\"{base}\" font-size=\"10\">{ratio:.2}</text>"
        )?;
    }
    Ok(top + height + GAP)
}

fn ratios(row: &Row, count: usize) -> impl Iterator<Item = f64> {
    let cells = row.cells.iter().take(count);
    cells.map(|cell| cell.and_then(|cell| cell.ratio).unwrap_or_default())
}
