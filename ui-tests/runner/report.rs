//! What the compiler told, and how it is compared.

use serde_json::Value;

use crate::case::Case;

/// What no message of ours holds: hidden names, and words about macros that the user did not write.
const NOISE: [&str; 7] = [
    "Probe<",
    "{constant#",
    "::private",
    "originates in",
    "in this macro invocation",
    "other types implement",
    "and others",
];

/// The words of a refused program.
pub(crate) struct Told {
    pub(crate) text: String,
    pub(crate) errors: usize,
}

impl Told {
    /// Reads the messages of rustc, one a line.
    pub(crate) fn read(messages: &str) -> Self {
        let mut told = Self {
            text: String::new(),
            errors: 0,
        };
        for message in messages
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        {
            let (level, text) = (
                &message["level"],
                message["message"].as_str().unwrap_or_default(),
            );
            let counts = text.starts_with("aborting due to")
                || message["spans"].as_array().is_none_or(Vec::is_empty);
            if counts || !matches!(level.as_str(), Some("error" | "warning")) {
                continue;
            }
            told.errors += usize::from(level == "error");
            let rendered = message["rendered"].as_str().unwrap_or_default();
            if !told.text.is_empty() {
                told.text.push('\n');
            }
            told.text.push_str(&normal(rendered));
        }
        told
    }

    /// Words that a user cannot know.
    pub(crate) fn noise(&self, case: &Case) -> Vec<String> {
        let found = NOISE
            .iter()
            .filter(|noise| **noise != case.noise && self.text.contains(**noise));
        let mut faults: Vec<String> = found.map(|noise| format!("noise: `{noise}`")).collect();
        let mut hidden = self.text.match_indices("__");
        if hidden.any(|(at, _)| self.text[at + 2..].starts_with(|next: char| next.is_alphabetic()))
        {
            faults.push("noise: a name that begins with `__`".to_owned());
        }
        let first = |line: &&str| line.starts_with("error: ") || line.starts_with("warning: ");
        for line in self
            .text
            .lines()
            .filter(first)
            .filter(|_| !case.words_of_rustc)
        {
            let words = line.split_once(": ").map_or(line, |(_, words)| words);
            if words.chars().count() > 90
                || words.ends_with('.')
                || words.starts_with(char::is_uppercase)
            {
                faults.push(
                    "the first line is long, ends with a full stop or begins with a capital"
                        .to_owned(),
                );
            }
        }
        faults
    }
}

/// One text for all versions of the library: its lines have no numbers here.
fn normal(rendered: &str) -> String {
    let mut text = String::new();
    let mut foreign = false;
    // Where rustc has written a long name to.
    let written = |line: &&str| {
        !line.contains("the full name for the type has been written to")
            && !line.contains("consider using `--verbose`")
    };
    for line in rendered.trim_end().lines().filter(written) {
        if let Some((arrow, place)) = line.split_once("--> ").or_else(|| line.split_once("::: ")) {
            foreign = !place.starts_with("ui-tests/");
            if foreign {
                let file = place.split(':').next().unwrap_or(place);
                let file = file
                    .rsplit_once("/library/")
                    .map_or(file.to_owned(), |(_, file)| format!("$RUST/{file}"));
                text.extend([&" ".repeat(arrow.len()), "--> ", &file, "\n"]);
                continue;
            }
        }
        let number = line
            .trim_start()
            .split(' ')
            .next()
            .filter(|word| word.parse::<u32>().is_ok());
        let line = match number.filter(|_| foreign) {
            Some(number) => line.replacen(number, &" ".repeat(number.len()), 1),
            None => line.replace("ui-tests/", ""),
        };
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Whether the expectations are to be written.
pub(crate) fn overwrite() -> bool {
    std::env::var_os("UI_OVERWRITE").is_some()
}

/// How `text` differs from what the case expects: whole, or by its first line and place where the words are rustc's.
pub(crate) fn difference(case: &Case, text: &str) -> Option<String> {
    let expected = case.expected();
    let same = if case.words_of_rustc {
        essence(&expected) == essence(text)
    } else {
        expected == text
    };
    (!same).then(|| format!("expected\n{expected}\nbut was told"))
}

/// Of every error its first line, its place and what is underlined.
fn essence(text: &str) -> Vec<&str> {
    let mut kept = Vec::new();
    let (mut place, mut underline) = (false, false);
    for line in text.lines() {
        if line.starts_with("error") || line.starts_with("warning") {
            kept.push(line);
            (place, underline) = (true, true);
        } else if place && line.trim_start().starts_with("-->") {
            kept.push(line.trim_start());
            place = false;
        } else if underline && line.contains('^') && line.trim_start().starts_with('|') {
            kept.push(line[..=line.rfind('^').unwrap_or(0)].trim_start_matches([' ', '|']));
            underline = false;
        }
    }
    kept
}
