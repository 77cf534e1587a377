//! A mistake in a pattern, drawn: rustc cannot point into a string literal, so the message does.

use std::ops::Range;

use crate::diagnostics::with_help;

/// One mistake and where in the text it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    spans: Vec<Range<usize>>,
    pub(crate) message: String,
    /// Stands behind the last caret.
    label: String,
    help: String,
}

impl Fault {
    pub(crate) fn new(
        kind: Kind,
        spans: Vec<Range<usize>>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let (message, help) = (message.into(), help.into());
        Self {
            kind,
            spans,
            message,
            label: String::new(),
            help,
        }
    }

    /// With a word behind the caret.
    pub(crate) fn labelled(mut self, label: String) -> Self {
        self.label = label;
        self
    }

    /// The message, the pattern with a caret under the place, and the remedy.
    pub(crate) fn draw(&self, text: &str) -> String {
        let (mut drawn, mut carets) = (String::from("\""), String::from(" "));
        for (at, letter) in text.char_indices() {
            let shown = match letter {
                // As it is written in a raw string.
                '"' | '\\' => letter.to_string(),
                letter => letter.escape_debug().to_string(),
            };
            let marked = self.spans.iter().any(|span| marks(span, at));
            carets.push_str(&if marked { "^" } else { " " }.repeat(shown.chars().count()));
            drawn.push_str(&shown);
        }
        if self.spans.iter().any(|span| marks(span, text.len())) {
            carets.push('^');
        }
        let carets = format!("{} {}", carets.trim_end(), self.label);
        let drawing = format!("{}\n    {drawn}\"\n    {}", self.message, carets.trim_end());
        with_help(drawing, &self.help)
    }
}

/// Whether a caret stands under the character at this byte: an empty span marks the one that follows it.
fn marks(span: &Range<usize>, at: usize) -> bool {
    span.contains(&at) || (span.is_empty() && span.start == at)
}

/// Which rule is broken; the names are those of the corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Empty,
    NoLeadingSlash,
    UnclosedBrace,
    StrayBrace,
    UnnamedCapture,
    InvalidName,
    Keyword,
    DuplicateCapture,
    RestNotLast,
    RestNotWholeSegment,
    CaptureNotWholeSegment,
    TwoCapturesInSegment,
    EmptySegment,
    QueryOrFragment,
    ForeignCapture,
    ForbiddenCharacter,
    BadEscape,
    DotSegment,
    CapturePattern,
    TooManyCaptures,
    /// No argument of the handler takes the capture. The runtime does not know handlers' arguments.
    Untaken,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_mistake() {
        let place = 7..12;
        let message = "path parameter `{idd}` has no argument";
        let fault = Fault::new(Kind::Untaken, vec![place], message, "rename it");
        assert_eq!(
            fault
                .labelled("no argument".to_owned())
                .draw("/users/{idd}/x"),
            "path parameter `{idd}` has no argument\n    \"/users/{idd}/x\"\n            ^^^^^ no argument\n= help: rename it"
        );
    }
}
