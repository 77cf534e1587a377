//! The rules of the grammar that look at one name, one character or the start of a segment.

use std::ops::Range;

use crate::pattern::MOST_CAPTURES;
use crate::pattern::fault::{Fault, Kind};
use crate::pattern::name::{self, is_name_start, name_len};
use crate::syntax::text::escape;

/// A name is what an argument of a function can be called.
pub(super) fn name(name: &str, span: Range<usize>) -> Result<(), Fault> {
    let (kind, message) = match name::check(name) {
        Ok(()) => return Ok(()),
        Err(Kind::Keyword) => (Kind::Keyword, format!("`{name}` is a keyword")),
        Err(kind) => (
            kind,
            format!("`{}` is not a valid argument name", name.escape_debug()),
        ),
    };
    let help = format!("try `{{{}}}`", name::near(name));
    Err(refuse(kind, span, message, help))
}

/// There is room for another capture, and its name is still free.
pub(super) fn capture_fits(
    name: &str,
    span: &Range<usize>,
    taken: &[(String, Range<usize>)],
) -> Result<(), Fault> {
    if let Some((_, first)) = taken.iter().find(|(other, _)| other == name) {
        let spans = vec![first.clone(), span.clone()];
        let message = format!("path parameter `{{{name}}}` appears twice");
        return Err(Fault::new(
            Kind::DuplicateCapture,
            spans,
            message,
            "rename one of them",
        ));
    }
    if taken.len() == MOST_CAPTURES {
        let message = format!("a path can have at most {MOST_CAPTURES} parameters");
        return Err(refuse(
            Kind::TooManyCaptures,
            span.clone(),
            message,
            "take the remainder with `{*rest}` and split it",
        ));
    }
    Ok(())
}

/// A character that a path can hold.
pub(super) fn allowed(char: char, at: usize) -> Result<(), Fault> {
    let mut utf8 = [0; 4];
    let (kind, help) = match char {
        '?' => (
            Kind::QueryOrFragment,
            "take `q: Query<T>` as an argument".to_owned(),
        ),
        '#' => (
            Kind::QueryOrFragment,
            "leave it out; clients do not send what follows a `#`".to_owned(),
        ),
        '\\' => (
            Kind::ForbiddenCharacter,
            "separate segments with `/`".to_owned(),
        ),
        ' ' => (Kind::ForbiddenCharacter, "write `%20`".to_owned()),
        _ if char.is_control() => {
            let mut escaped = String::new();
            for byte in char.encode_utf8(&mut utf8).bytes() {
                escape(&mut escaped, byte);
            }
            (
                Kind::ForbiddenCharacter,
                format!("leave it out; if clients do send it, write `{escaped}`"),
            )
        }
        _ => return Ok(()),
    };
    let shown = if char == '\\' {
        "\\".to_owned()
    } else {
        char.escape_debug().to_string()
    };
    Err(refuse(
        kind,
        at..at + char.len_utf8(),
        format!("a path cannot contain `{shown}`"),
        help,
    ))
}

/// `:id`, `<id>` and `*rest` are captures elsewhere, and would silently be literals here.
pub(super) fn not_foreign(part: &str, span: &Range<usize>) -> Result<(), Fault> {
    let angled = part
        .strip_prefix('<')
        .and_then(|part| part.strip_suffix('>'));
    let colon = part
        .strip_prefix(':')
        .filter(|name| name.starts_with(is_name_start));
    let (name, written) = match (colon, part.strip_prefix('*'), angled) {
        (Some(name), ..) => (name, ""),
        (_, Some(name), _) => (name, "*"),
        (.., Some(name)) => (
            name.trim_end_matches('.'),
            if name.ends_with("..") { "*" } else { "" },
        ),
        _ => return Ok(()),
    };
    let name = &name[..name_len(name)];
    let name = match (name, written) {
        ("", "*") => "rest",
        ("", _) => "id",
        _ => name,
    };
    let help = format!("replace `{part}` by `{{{written}{name}}}`");
    Err(refuse(
        Kind::ForeignCapture,
        span.clone(),
        format!("path parameters are written `{{{written}{name}}}`"),
        help,
    ))
}

pub(super) fn capture_pattern(name: &str, span: Range<usize>) -> Fault {
    let name = if name_len(name) == 0 {
        "id"
    } else {
        &name[..name_len(name)]
    };
    let help = format!(
        "write `{{{name}}}` and give the argument a type; `{name}: u64` accepts digits only"
    );
    refuse(
        Kind::CapturePattern,
        span,
        "parameters have no pattern",
        help,
    )
}

pub(super) fn refuse(
    kind: Kind,
    span: Range<usize>,
    message: impl Into<String>,
    help: impl Into<String>,
) -> Fault {
    Fault::new(kind, vec![span], message, help)
}
