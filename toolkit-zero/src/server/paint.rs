//! Sentences for a terminal, in the colours of rustc.

use std::io::IsTerminal;

const RED: &str = "\x1b[1;31m";
const BLUE: &str = "\x1b[1;34m";
const BOLD: &str = "\x1b[1m";
const PLAIN: &str = "\x1b[0m";

/// `text` for stderr: coloured on a terminal, unless `NO_COLOR` says otherwise.
pub(crate) fn for_stderr(text: &str) -> String {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if std::io::stderr().is_terminal() && !unwanted {
        painted(text)
    } else {
        text.to_owned()
    }
}

fn painted(text: &str) -> String {
    let line = |line: &str| {
        let words = line.trim_start();
        let indent = &line[..line.len() - words.len()];
        if let Some(rest) = line.strip_prefix("error:") {
            format!("{RED}error{PLAIN}{BOLD}:{rest}{PLAIN}")
        } else if let Some(rest) = words.strip_prefix("-->") {
            format!("{indent}{BLUE}-->{PLAIN}{rest}")
        } else if let Some(rest) = words.strip_prefix("= help:") {
            format!("{indent}{BLUE}= {PLAIN}{BOLD}help{PLAIN}:{rest}")
        } else {
            line.to_owned()
        }
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::painted;

    #[test]
    fn only_the_marks_of_a_line_have_a_colour() {
        let text = "error: twice\n  --> src/a.rs:1  first\n   = help: remove one\nplain";
        let shown = painted(text);
        assert!(
            shown.contains("\x1b[1;34m-->\x1b[0m src/a.rs:1  first\n"),
            "{shown:?}"
        );
        let mut bare = shown;
        for code in ["\x1b[1;31m", "\x1b[1;34m", "\x1b[1m", "\x1b[0m"] {
            bare = bare.replace(code, "");
        }
        assert_eq!(bare, text);
    }
}
