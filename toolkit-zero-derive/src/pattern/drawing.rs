//! A mistake in a pattern, drawn: rustc cannot point into a string literal, so the message does.

use std::ops::Range;

use crate::diagnostics::with_help;

/// One mistake and where in the text it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: Range<usize>,
    pub(crate) message: String,
    /// Stands behind the caret.
    pub(crate) label: String,
    pub(crate) help: String,
}

impl Fault {
    pub(crate) fn new(
        at: Range<usize>,
        message: impl Into<String>,
        label: &str,
        help: impl Into<String>,
    ) -> Self {
        Self {
            at,
            message: message.into(),
            label: label.to_owned(),
            help: help.into(),
        }
    }

    pub(crate) fn repeated(at: Range<usize>, name: &str) -> Self {
        Self::new(
            at,
            format!("path parameter `{{{name}}}` appears twice"),
            "the second one",
            "rename one",
        )
    }

    /// The message with the pattern and a caret under the place.
    pub(crate) fn draw(&self, text: &str) -> String {
        let mut drawn = self.message.clone();
        if !text.is_empty() {
            let before = text[..self.at.start].chars().count();
            let width = text[self.at.clone()].chars().count().max(1);
            let carets = "^".repeat(width);
            let line = format!("    {:before$} {carets} {}", "", self.label);
            drawn = format!("{drawn}\n    \"{}\"\n{}", visible(text), line.trim_end());
        }
        if self.help.is_empty() {
            drawn
        } else {
            with_help(drawn, &self.help)
        }
    }
}

/// Control characters would break the drawing; each is shown as one replacement character.
fn visible(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter.is_control() {
                '\u{fffd}'
            } else {
                letter
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_mistake() {
        let fault = Fault::new(
            7..12,
            "path parameter `{idd}` has no argument",
            "no argument",
            "rename it",
        );
        assert_eq!(
            fault.draw("/users/{idd}/x"),
            "path parameter `{idd}` has no argument\n    \"/users/{idd}/x\"\n            ^^^^^ no argument\n= help: rename it"
        );
    }
}
