//! Attribute tokens into declarations: methods, a pattern and options. Syntax only.

use proc_macro2::{Ident, Literal, Span, TokenStream};

use crate::diagnostics::{Diagnostics, did_you_mean, with_help};
use crate::options::{self, Arguments, OF_ROUTES, Options, Piece};
use crate::pattern::Pattern;
use crate::route::declares_a_route;
use crate::route::role::Role;
use crate::routes::Inherited;
use crate::syntax::attribute::Attribute;
use crate::syntax::function::Function;
use crate::syntax::text::string;
use crate::syntax::tokens::{plain, stream};

const HTTP_METHODS: [&str; 9] = [
    "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT",
];

/// One attribute, read.
pub(crate) struct Declaration {
    pub(crate) role: Role,
    /// Where the attribute is: the route's own line.
    pub(crate) span: Span,
    /// The attribute itself, if it is not the one that is being expanded.
    pub(crate) sibling: Option<Attribute>,
    pub(crate) methods: Vec<String>,
    pub(crate) path: Literal,
    /// The pattern as the function has it.
    pub(crate) own: Pattern,
    pub(crate) options: Options,
    pub(crate) inherited: Inherited,
    /// The predicate of the `#[cfg_attr]` it stands in.
    pub(crate) condition: Option<TokenStream>,
}

/// The attribute that is being expanded and its siblings, which are taken off the function.
pub(crate) fn declarations(
    name: &str,
    arguments: TokenStream,
    function: &mut Function,
    diagnostics: &mut Diagnostics,
) -> Vec<Declaration> {
    // At the attribute, but as the user wrote it: rustc need not speak of the macro.
    let here = Span::call_site().resolved_at(function.name.span());
    let mut first = declaration(name, here, arguments, None, diagnostics);
    // The origin is the line of the outermost macro call, which only the call itself knows.
    if let Some(first) = &mut first {
        first.span = Span::call_site();
    }
    let mut found = vec![first];
    let mut kept = Vec::new();
    for attribute in function.attributes.drain(..) {
        if is_route(&attribute) {
            found.push(sibling(&attribute, None, diagnostics));
            continue;
        }
        match attribute.conditional() {
            Some((predicate, inner)) if inner.iter().any(is_route) => {
                for attribute in inner {
                    if is_route(&attribute) {
                        found.push(sibling(&attribute, Some(predicate.clone()), diagnostics));
                    } else {
                        let contents = attribute.brackets.stream();
                        kept.push(
                            attribute.with_contents(quote::quote!(cfg_attr(#predicate, #contents))),
                        );
                    }
                }
            }
            _ => kept.push(attribute),
        }
    }
    function.attributes = kept;
    found.into_iter().flatten().collect()
}

/// Below one of ours, by whatever path it is named: no one routes a function with two frameworks.
fn is_route(attribute: &Attribute) -> bool {
    declares_a_route(&attribute.name())
}

fn sibling(
    attribute: &Attribute,
    condition: Option<TokenStream>,
    diagnostics: &mut Diagnostics,
) -> Option<Declaration> {
    let arguments = attribute.arguments().unwrap_or_default();
    let span = attribute.pound.span();
    let mut found = declaration(&attribute.name(), span, arguments, condition, diagnostics)?;
    found.sibling = Some(attribute.clone());
    Some(found)
}

fn declaration(
    name: &str,
    span: Span,
    arguments: TokenStream,
    condition: Option<TokenStream>,
    diagnostics: &mut Diagnostics,
) -> Option<Declaration> {
    let (inherited, arguments) = Inherited::take(arguments);
    let Arguments { mut pieces } = options::arguments(arguments, diagnostics);
    let role = Role::take(name, &mut pieces, span, diagnostics)?;
    if role != Role::Route && !matches!(pieces.first(), Some(Piece::Literal(_))) {
        pieces.insert(0, Piece::Literal(Role::everything(span)));
    }
    let (methods, pieces) = match name {
        "fallback" | "catch" => (Vec::new(), pieces),
        "route" => methods(pieces, span, diagnostics),
        name => (vec![name.to_uppercase()], pieces),
    };
    let (path, pieces) = path(name, &pieces, span, diagnostics);
    let pieces: Vec<&Piece> = pieces
        .into_iter()
        .filter(|piece| !fixes_method(name, piece, diagnostics))
        .collect();
    let mut options = options::read(&pieces, OF_ROUTES, diagnostics);
    inherited.fill(&mut options);
    let path = path?;
    let own = pattern(&path, diagnostics)?;
    (!methods.is_empty() || role != Role::Route).then_some(Declaration {
        span,
        role,
        sibling: None,
        methods,
        path,
        own,
        options,
        inherited,
        condition,
    })
}

/// The words before the path of `#[route(GET, POST, "/path")]`.
fn methods(
    pieces: Vec<Piece>,
    span: Span,
    diagnostics: &mut Diagnostics,
) -> (Vec<String>, Vec<Piece>) {
    let mut methods: Vec<String> = Vec::new();
    let mut rest = Vec::new();
    let mut faulty = false;
    for piece in pieces {
        if let (Piece::Word(word), true) = (&piece, rest.is_empty()) {
            faulty |= !method(word, &mut methods, diagnostics);
        } else {
            rest.push(piece);
        }
    }
    if methods.is_empty() && !faulty {
        let at = rest.first().map_or(span, Piece::span);
        diagnostics.push(
            at,
            with_help("missing method", "write `#[route(GET, POST, \"/path\")]`"),
        );
    }
    (methods, rest)
}

fn method(word: &Ident, methods: &mut Vec<String>, diagnostics: &mut Diagnostics) -> bool {
    let name = word.to_string();
    if methods.contains(&name) {
        diagnostics.push(
            word.span(),
            with_help(format!("`{name}` is given twice"), "remove one"),
        );
        return false;
    }
    if !HTTP_METHODS.contains(&name.as_str()) {
        let upper = name.to_uppercase();
        let help = did_you_mean(&upper, &HTTP_METHODS);
        let message = with_help(format!("`{name}` is not an HTTP method"), help);
        diagnostics.push(word.span(), message);
        return false;
    }
    methods.push(name);
    true
}

/// The one literal, which comes first; what is left are options.
fn path<'a>(
    name: &str,
    pieces: &'a [Piece],
    span: Span,
    diagnostics: &mut Diagnostics,
) -> (Option<Literal>, Vec<&'a Piece>) {
    let methods = if name == "route" { "GET, " } else { "" };
    let mut path = None;
    let mut rest = Vec::new();
    let mut refused = false;
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Literal(literal) if path.is_some() || refused => {
                let help = format!("put a second `#[{name}({methods}{literal})]` on the function");
                diagnostics.push(literal.span(), with_help("a route has one path", help));
            }
            Piece::Literal(literal) => {
                if index > 0 {
                    let help = format!("`#[{name}({methods}{literal}, ..)]`");
                    diagnostics.push(literal.span(), with_help("the path comes first", help));
                }
                path = plain_string(literal, name, methods, diagnostics);
                refused = path.is_none();
            }
            Piece::Word(word) if index == 0 && !is_option(word) => {
                refused = true;
                let help = "write the path itself; constants are not visible to macros";
                let message = with_help("the path must be a string literal, not a name", help);
                diagnostics.push(word.span(), message);
            }
            Piece::Pair(word, value) if word == "path" && path.is_none() => {
                refused = true;
                let value = stream(value);
                let help = format!("write `#[{name}({methods}{value})]`");
                let message = with_help("the path is written without a name", help);
                diagnostics.push(word.span(), message);
            }
            Piece::Other(tokens) if index == 0 => {
                refused = true;
                let help = format!("write `#[{name}({methods}\"/path\")]`");
                diagnostics.push_over(tokens, with_help("the path must be a string literal", help));
            }
            Piece::Word(_) | Piece::Pair(..) | Piece::List(..) | Piece::Other(_) => {
                rest.push(piece);
            }
        }
    }
    if path.is_none() && !refused {
        let help = format!("write `#[{name}({methods}\"/path\")]`");
        diagnostics.push(span, with_help("missing path", help));
    }
    (path, rest)
}

fn plain_string(
    literal: &Literal,
    name: &str,
    methods: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Literal> {
    if string(literal).is_some() {
        return Some(literal.clone());
    }
    let text = literal.to_string();
    let prefix = text
        .chars()
        .next()
        .filter(|first| matches!(first, 'b' | 'c') && text.contains('"'));
    let message = if let Some(prefix) = prefix {
        let help = format!("remove the `{prefix}`");
        with_help("the path must be a plain string literal", help)
    } else {
        let path = text.trim_matches(|letter| matches!(letter, '\'' | '/'));
        let help = format!("write `#[{name}({methods}\"/{path}\")]`");
        with_help("the path must be a string literal", help)
    };
    diagnostics.push(literal.span(), message);
    None
}

fn is_option(word: &Ident) -> bool {
    let name = plain(word);
    OF_ROUTES.iter().any(|(known, _)| *known == name)
}

/// `method = ..` on an attribute whose name is the method.
fn fixes_method(name: &str, piece: &Piece, diagnostics: &mut Diagnostics) -> bool {
    let Some(key) = piece
        .key()
        .filter(|key| **key == "method" || **key == "methods")
    else {
        return false;
    };
    if name == "route" {
        let message = with_help(
            "methods stand before the path",
            "write `#[route(GET, POST, \"/path\")]`",
        );
        diagnostics.push(key.span(), message);
    } else {
        let message = with_help(
            format!("`#[{name}]` already fixes the method"),
            "use `#[route(GET, POST, \"/path\")]` for another or for several",
        );
        diagnostics.push(key.span(), message);
    }
    true
}

fn pattern(path: &Literal, diagnostics: &mut Diagnostics) -> Option<Pattern> {
    let text = string(path)?;
    match Pattern::parse(&text) {
        Ok(pattern) => Some(pattern),
        Err(fault) => {
            diagnostics.push(path.span(), fault.draw(&text));
            None
        }
    }
}
