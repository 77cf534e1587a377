//! The plot of the README: instructions per request, beside raw hyper.

use std::fmt::Write as _;

use crate::report::Section;

const WIDTH: f64 = 720.0;
const LEFT: f64 = 120.0;
const BAR: f64 = 14.0;
const COLORS: [&str; 3] = ["#2b6cb0", "#4299e1", "#90cdf4"];

/// An SVG of bars, or nothing where instructions were not measured.
pub fn draw(sections: &[Section]) -> Option<String> {
    let section = sections
        .iter()
        .find(|section| section.part == "instructions")?;
    let bars = COLORS.len();
    let ratios = |cells: &[Option<crate::report::Cell>]| -> Vec<f64> {
        let cells = cells.iter().take(bars);
        cells
            .map(|cell| cell.and_then(|cell| cell.ratio).unwrap_or_default())
            .collect()
    };
    let rows: Vec<_> = section
        .rows
        .iter()
        .map(|row| (row.name.as_str(), ratios(&row.cells)))
        .collect();
    let greatest = rows
        .iter()
        .flat_map(|(_, ratios)| ratios)
        .copied()
        .fold(1.0, f64::max);
    let scale = (WIDTH - LEFT - 70.0) / greatest;
    let group = BAR * bars as f64 + 16.0;
    let height = 84.0 + group * rows.len() as f64;

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>Instructions per request, raw hyper with its defaults is 1</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"12\" y=\"22\" font-size=\"14\" font-weight=\"bold\">Instructions per request (raw hyper, defaults = 1; less is better)</text>\n"
    );
    for (at, column) in section.columns.iter().take(bars).enumerate() {
        let x = LEFT + 150.0 * at as f64;
        let name = column.replace('`', "");
        writeln!(
            svg,
            "<rect x=\"{x}\" y=\"36\" width=\"11\" height=\"11\" fill=\"{}\"/><text x=\"{}\" y=\"46\">{name}</text>",
            COLORS[at],
            x + 16.0
        )
        .ok()?;
    }
    for (number, (name, ratios)) in rows.iter().enumerate() {
        let top = 64.0 + group * number as f64;
        let middle = top + BAR * bars as f64 / 2.0 + 4.0;
        let weight = if *name == "toolkit-zero" {
            "bold"
        } else {
            "normal"
        };
        writeln!(
            svg,
            "<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\" font-weight=\"{weight}\">{name}</text>",
            LEFT - 10.0
        )
        .ok()?;
        for (at, ratio) in ratios.iter().enumerate() {
            let (y, width) = (top + BAR * at as f64, ratio * scale);
            writeln!(
                svg,
                "<rect x=\"{LEFT}\" y=\"{y}\" width=\"{width:.1}\" height=\"{:.1}\" fill=\"{}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" font-size=\"10\">{ratio:.2}</text>",
                BAR - 2.0,
                COLORS[at],
                LEFT + width + 5.0,
                y + 10.0
            )
            .ok()?;
        }
    }
    let one = LEFT + scale;
    writeln!(
        svg,
        "<line x1=\"{one:.1}\" y1=\"58\" x2=\"{one:.1}\" y2=\"{:.0}\" stroke=\"#718096\" stroke-dasharray=\"3 3\"/>\n</svg>",
        height - 16.0
    )
    .ok()?;
    Some(svg)
}
