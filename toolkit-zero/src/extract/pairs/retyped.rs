//! Reads pairs that were not read at the first attempt: finds out which key is wrong, or of which type its value is.
//!
//! Within a flattened struct (and an enum with a tag) serde asks no field what type it has: it takes the pairs as they are,
//! which is text, and then misses its numbers. So whoever was missed is told again, as what was expected.

use std::cell::Cell;

use serde::de::DeserializeOwned;

use super::typed::Pairs;

/// All values of one key.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) values: Vec<String>,
    /// Where nobody says a type, it is a sequence, even of one.
    pub(super) many: Try,
    /// Where nobody says a type, it is of the type that it looks like.
    pub(super) typed: Try,
}

/// Whether something was tried.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Try {
    #[default]
    Not,
    Now,
    /// It was, and something else was wanted.
    Refused,
}

impl Try {
    pub(super) fn now(self) -> bool {
        self == Self::Now
    }

    /// Tries it, unless it was; whether that is a change.
    fn begin(&mut self) -> bool {
        let new = *self == Self::Not;
        if new {
            *self = Self::Now;
        }
        new
    }
}

/// How many bytes are read again at most, all attempts together.
const BUDGET: usize = 4 << 20;

#[cold]
pub(super) fn read<T: DeserializeOwned>(encoded: &[u8]) -> Result<T, (String, String)> {
    let mut entries = entries(encoded);
    let mut attempts = (BUDGET / encoded.len().max(1)).clamp(8, 64);
    loop {
        let at = Cell::new(None);
        let detail = match T::deserialize(Pairs::new(encoded, &entries, &at)) {
            Ok(value) => return Ok(value),
            Err(error) => error.to_string(),
        };
        attempts -= 1;
        if let Some(entry) = at.get().and_then(|at: usize| entries.get(at)) {
            return Err((entry.key.clone(), detail));
        }
        if attempts == 0 || !retype(&mut entries, &detail) {
            return Err((culprit(&entries, &detail), detail));
        }
    }
}

/// The keys in the order of their first values, as `serde_html_form` has them.
fn entries(encoded: &[u8]) -> Vec<Entry> {
    let pairs: Vec<(String, String)> = serde_html_form::from_bytes(encoded).unwrap_or_default();
    let mut places = std::collections::HashMap::new();
    let mut entries: Vec<Entry> = Vec::new();
    for (key, value) in pairs {
        let place = *places.entry(key.clone()).or_insert(entries.len());
        if let Some(entry) = entries.get_mut(place) {
            entry.values.push(value);
        } else {
            entries.push(Entry {
                key,
                values: vec![value],
                many: Try::Not,
                typed: Try::Not,
            });
        }
    }
    entries
}

/// Changes what serde is told, so that it may be content; whether there was something to change.
fn retype(entries: &mut [Entry], detail: &str) -> bool {
    let Some(found) = detail.strip_prefix("invalid type: ") else {
        return false;
    };
    let Some(found) = found.strip_prefix("string ") else {
        // The first of those that were tried is the least likely: without it the others are still missed.
        let mut tried = entries.iter_mut().filter_map(|entry| {
            if found.starts_with("sequence") {
                (entry.many.now() && entry.values.len() == 1).then_some(&mut entry.many)
            } else {
                (entry.typed.now() && entry.is(found)).then_some(&mut entry.typed)
            }
        });
        return tried.next().is_some_and(|tried| {
            *tried = Try::Refused;
            true
        });
    };
    entries.iter_mut().any(|entry| {
        let Some(expected) = entry.told_as_text(found) else {
            return false;
        };
        if expected.starts_with("a sequence") {
            entry.many.begin()
        } else {
            let has_type = |value: &String| looks_like(value) != Kind::Text;
            entry.values.iter().any(has_type) && entry.typed.begin()
        }
    })
}

/// The key that `detail` speaks of, as far as it tells.
fn culprit(entries: &[Entry], detail: &str) -> String {
    if let Some(missing) = detail.strip_prefix("missing field `") {
        return missing.split('`').next().unwrap_or_default().to_owned();
    }
    let found = detail.split_once(": ").map_or(detail, |(_, found)| found);
    let text = found.strip_prefix("string ").unwrap_or_default();
    let of = |entry: &&Entry| {
        entry.told_as_text(text).is_some()
            || entry.is(found)
            || entry.is(detail)
            || found.starts_with("sequence") && entry.values.len() > 1
    };
    let entry = entries.iter().find(of);
    entry.map_or_else(String::new, |entry| entry.key.clone())
}

impl Entry {
    /// What was expected instead, if it is this text that serde found: `"7", expected u8`.
    fn told_as_text<'d>(&self, found: &'d str) -> Option<&'d str> {
        let mut values = self.values.iter();
        values.find_map(|value| {
            let rest = found.strip_prefix(&format!("{value:?}"))?;
            rest.strip_prefix(", expected ")
        })
    }

    /// Whether this is what serde found: ``integer `7` ``, ``unknown variant `x` ``.
    fn is(&self, found: &str) -> bool {
        let quoted = found.split('`').nth(1);
        quoted.is_some_and(|quoted| {
            let value = |value: &String| value == quoted || looks_like(value).is_written(quoted);
            self.values.iter().any(value)
        })
    }
}

/// What a text looks like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text,
}

impl Kind {
    /// Whether serde writes it like this.
    fn is_written(self, text: &str) -> bool {
        matches!(self, Self::Float(float) if text.parse() == Ok(float))
    }
}

pub(super) fn looks_like(text: &str) -> Kind {
    let number = || {
        let unsigned = text.parse().map(Kind::Unsigned);
        let signed = || text.parse().map(Kind::Signed);
        let float = || text.parse().map(Kind::Float);
        unsigned.or_else(|_| signed()).or_else(|_| float())
    };
    let known = text.parse().map(Kind::Bool);
    known.or_else(|_| number()).unwrap_or(Kind::Text)
}
