//! One option as it was given: its name, what it wants, and the tokens behind it, read as what it wants.

use proc_macro2::{Span, TokenStream, TokenTree};

use crate::diagnostics::with_help;
use crate::options::{Kind, Refusal, value};
use crate::syntax::attribute::path_length;
use crate::syntax::text::{integer_of, string_of};
use crate::syntax::tokens::{is_ident, stream};

/// A name from the table with a value that is still tokens.
pub(super) struct Given<'a> {
    pub(super) name: &'a str,
    pub(super) kind: Kind,
    pub(super) value: &'a [TokenTree],
}

impl Given<'_> {
    pub(super) fn text(&self) -> Result<String, Refusal> {
        self.string().ok_or_else(|| self.wants("a string"))
    }

    pub(super) fn size(&self) -> Result<u64, Refusal> {
        match (self.string(), self.integer()) {
            (Some(text), _) => value::size(&text).ok_or_else(|| self.is_no(&text, "size")),
            (None, Some(bytes)) => Ok(bytes),
            (None, None) => Err(self.wants("a size")),
        }
    }

    pub(super) fn milliseconds(&self) -> Result<u64, Refusal> {
        let text = self.string().ok_or_else(|| self.wants("a time"))?;
        value::milliseconds(&text).ok_or_else(|| self.is_no(&text, "time"))
    }

    pub(super) fn cancels(&self) -> Result<bool, Refusal> {
        match self.string().as_deref() {
            Some("finish") => Ok(false),
            Some("cancel") => Ok(true),
            _ => Err(self.wants("`\"finish\"` or `\"cancel\"`")),
        }
    }

    pub(super) fn status(&self) -> Result<u16, Refusal> {
        let status = self.integer().ok_or_else(|| self.wants("an integer"))?;
        let valid = u16::try_from(status)
            .ok()
            .filter(|status| (100..=599).contains(status));
        valid.ok_or_else(|| {
            let message = format!("`{status}` is not an HTTP status");
            (self.span(), with_help(message, "e.g. `201`"))
        })
    }

    pub(super) fn count(&self) -> Result<usize, Refusal> {
        let count = self
            .integer()
            .and_then(|count| usize::try_from(count).ok())
            .filter(|count| *count > 0);
        count.ok_or_else(|| self.wants("a positive integer"))
    }

    pub(super) fn truth(&self) -> Result<bool, Refusal> {
        match self.value {
            [word] if is_ident(Some(word), "true") => Ok(true),
            [word] if is_ident(Some(word), "false") => Ok(false),
            _ => Err(self.wants("`true` or `false`")),
        }
    }

    pub(super) fn path(&self) -> Result<TokenStream, Refusal> {
        if path_length(self.value) == self.value.len() {
            Ok(stream(self.value))
        } else {
            Err(self.wants("a path"))
        }
    }

    pub(super) fn address(&self) -> Result<String, Refusal> {
        let text = self.text()?;
        if is_address(&text) {
            Ok(text)
        } else {
            Err(self.is_no(&text, "socket address"))
        }
    }

    /// How the option is written.
    pub(super) fn example(&self) -> String {
        let name = self.name;
        let value = match self.kind {
            Kind::Flag => return name.to_owned(),
            Kind::Crates => return format!("{name}(a, b = \"/prefix\")"),
            Kind::Text => "\"..\"",
            Kind::Size => "\"2MiB\"",
            Kind::Time => "\"2s\"",
            Kind::Disconnect => "\"finish\"",
            Kind::Status => "201",
            Kind::Count => "4",
            Kind::Truth => "false",
            Kind::Expression => "expression",
            Kind::Path => "crate::my_http",
            Kind::Address => "\"127.0.0.1:8080\"",
        };
        format!("{name} = {value}")
    }

    fn wants(&self, what: &str) -> Refusal {
        let message = format!("`{}` takes {what}", self.name);
        let help = format!("e.g. `{}`", self.example());
        (self.span(), with_help(message, help))
    }

    fn is_no(&self, given: &str, what: &str) -> Refusal {
        let help = format!("e.g. `{}`", self.example());
        let message = format!("`{given}` is not a {what}");
        (self.span(), with_help(message, help))
    }

    fn span(&self) -> Span {
        let first = self.value.first();
        first.map_or_else(Span::call_site, TokenTree::span)
    }

    fn string(&self) -> Option<String> {
        string_of(self.value.first()).filter(|_| self.value.len() == 1)
    }

    fn integer(&self) -> Option<u64> {
        integer_of(self.value.first()).filter(|_| self.value.len() == 1)
    }
}

/// A host and a port: an address, or a name that the system resolves when the program starts.
fn is_address(text: &str) -> bool {
    let named = |(host, port): (&str, &str)| {
        let letters = |letter: char| letter.is_ascii_alphanumeric() || "-._".contains(letter);
        !host.is_empty() && host.chars().all(letters) && port.parse::<u16>().is_ok()
    };
    text.parse::<std::net::SocketAddr>().is_ok() || text.rsplit_once(':').is_some_and(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        for text in [
            "127.0.0.1:0",
            "[::1]:80",
            "localhost:8080",
            "my-host.example:1",
        ] {
            assert!(is_address(text), "{text}");
        }
        for text in [
            "localhost",
            "8080",
            ":8080",
            "http://a:80",
            "::1:80000",
            "a:b",
        ] {
            assert!(!is_address(text), "{text}");
        }
    }
}
