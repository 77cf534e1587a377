//! What each argument is, and what each route takes. A bad binding cannot be written down here.

use proc_macro2::{Span, TokenStream};

use crate::diagnostics::{Diagnostics, distance, with_help};
use crate::pattern::{Capture, Fault, Kind, Pattern};
use crate::route::parse::Declaration;
use crate::route::role::Role;
use crate::syntax::function::{Function, Input};
use crate::syntax::text::written;
use crate::syntax::tokens::{any, flat, ident, is_punct, plain};

/// One attribute on one function, with every argument decided.
pub(crate) struct Route {
    pub(crate) declaration: Declaration,
    /// The pattern with the prefixes of all modules around it.
    pub(crate) full: Pattern,
    pub(crate) arguments: Vec<Argument>,
}

pub(crate) struct Argument {
    /// How messages and documents call it.
    pub(crate) name: String,
    pub(crate) ty: TokenStream,
    pub(crate) source: Source,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Source {
    /// Capture number so-and-so of the full pattern.
    Capture(usize),
    /// The remainder, which is capture number so-and-so.
    Rest(usize),
    /// Anything the type itself can take from a request.
    Request,
}

pub(crate) fn routes(
    declarations: Vec<Declaration>,
    function: &Function,
    diagnostics: &mut Diagnostics,
) -> Vec<Route> {
    let mut routes: Vec<Route> = Vec::new();
    for declaration in declarations {
        let Some(full) = full_pattern(&declaration, diagnostics) else {
            continue;
        };
        let again = routes.iter().any(|known| {
            known.full.text == full.text
                && known.declaration.condition.is_none()
                && known
                    .declaration
                    .methods
                    .iter()
                    .any(|method| declaration.methods.contains(method))
        });
        if again {
            let message = with_help(
                "this route is declared twice",
                "remove one of the attributes",
            );
            match &declaration.sibling {
                Some(attribute) => diagnostics.push_over(attribute, message),
                None => diagnostics.push(declaration.span, message),
            }
            continue;
        }
        let mut arguments = arguments(function, &full);
        if declaration.role == Role::Route {
            captures_are_taken(&declaration, &full, function, &arguments, diagnostics);
        } else {
            // What stands beside the routes is not matched by its prefix, so nothing is captured.
            for argument in &mut arguments {
                argument.source = Source::Request;
            }
        }
        routes.push(Route {
            declaration,
            full,
            arguments,
        });
    }
    routes
}

/// The whole pattern. Its parts are sound, so only their sum can be wrong.
fn full_pattern(declaration: &Declaration, diagnostics: &mut Diagnostics) -> Option<Pattern> {
    let text = Pattern::join(&declaration.inherited.prefix, &declaration.own.text);
    match Pattern::parse(&text) {
        Ok(pattern) => Some(pattern),
        Err(fault) => {
            diagnostics.push(declaration.path.span(), fault.draw(&text));
            None
        }
    }
}

fn arguments(function: &Function, full: &Pattern) -> Vec<Argument> {
    let source = |input: &Input| {
        let name = input.name().map(plain)?;
        let found = full
            .captures()
            .enumerate()
            .find(|(_, capture)| capture.name == name);
        let (index, capture) = found.filter(|_| !takes_all_captures(input))?;
        Some(if capture.rest {
            Source::Rest(index)
        } else {
            Source::Capture(index)
        })
    };
    let argument = |input: &Input| Argument {
        name: argument_name(input),
        ty: input.ty.clone(),
        source: source(input).unwrap_or(Source::Request),
    };
    function.inputs.iter().map(argument).collect()
}

fn argument_name(input: &Input) -> String {
    match input.name() {
        Some(name) => plain(name),
        None => written(&input.pattern.iter().cloned().collect()),
    }
}

/// Is `Path<..>` written in it, be it within `Valid<..>`? Then it takes all captures, as axum users write it.
pub(crate) fn takes_all_captures(input: &Input) -> bool {
    let trees = flat(input.ty.clone());
    let mut pairs = trees.windows(2);
    pairs.any(|pair| {
        ident(pair.first()).is_some_and(|name| name == "Path") && is_punct(pair.get(1), '<')
    })
}

/// A capture nobody takes is a typo more often than a wish.
fn captures_are_taken(
    declaration: &Declaration,
    full: &Pattern,
    function: &Function,
    arguments: &[Argument],
    diagnostics: &mut Diagnostics,
) {
    if function.inputs.iter().any(takes_all_captures) {
        return;
    }
    for (index, capture) in full.captures().enumerate() {
        let taken = arguments.iter().any(|argument| {
            matches!(argument.source, Source::Capture(bound) | Source::Rest(bound) if bound == index)
        });
        if !taken && !capture.name.starts_with('_') {
            let message = untaken(&capture, full, function, arguments);
            diagnostics.push(declaration.path.span(), message);
        }
    }
}

fn untaken(
    capture: &Capture<'_>,
    full: &Pattern,
    function: &Function,
    arguments: &[Argument],
) -> String {
    let handler = plain(&function.name);
    let name = capture.name;
    let star = if capture.rest { "*" } else { "" };
    let label = format!("no argument of `{handler}` has this name");
    let message = format!("path parameter `{{{star}{name}}}` has no argument");
    let spare = || {
        let inputs = function.inputs.iter().zip(arguments);
        inputs.filter(|(input, argument)| {
            argument.source == Source::Request && input.name().is_some()
        })
    };
    let near = spare().map(|(_, argument)| argument).find(|argument| {
        let distance = distance(&argument.name, name);
        distance <= 2 && distance < name.chars().count()
    });
    let plain_ones: Vec<&Argument> = spare()
        .map(|(_, argument)| argument)
        .filter(|argument| is_plain(&argument.ty))
        .collect();
    let help = match (near, plain_ones.as_slice()) {
        (Some(near), _) => format!(
            "rename it to `{{{star}{}}}`, or add an argument `{name}: T` to `{handler}`",
            near.name
        ),
        (None, [only]) => {
            let (found, ty) = (&only.name, written(&only.ty));
            format!("did you mean the argument `{found}: {ty}`? write `{{{star}{found}}}`")
        }
        _ if function.inputs.iter().any(nameless) => format!("name the argument `{name}`"),
        _ => format!("add an argument `{name}: T` to `{handler}`, or write `{{{star}_{name}}}`"),
    };
    Fault::new(Kind::Untaken, vec![capture.at.clone()], message, help)
        .labelled(label)
        .draw(&full.text)
}

/// `_`, or a pattern over a plain value: it has no name that a capture could have.
fn nameless(input: &Input) -> bool {
    input.name().is_none() && is_plain(&input.ty)
}

/// A type that only a capture gives.
fn is_plain(ty: &TokenStream) -> bool {
    const PLAIN: [&str; 18] = [
        "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
        "f32", "f64", "bool", "char", "String", "Uuid",
    ];
    PLAIN.contains(&ty.to_string().as_str())
}

/// Does the type leave something to infer (`_`)? rustc refuses that in a signature; nothing of ours may repeat it.
pub(crate) fn is_open(ty: &TokenStream) -> bool {
    any(ty.clone(), &|tree, _| {
        ident(Some(tree)).is_some_and(|ident| ident == "_")
    })
}

/// The type an answer has, or `None` where only the compiler knows: `impl Trait`, elided lifetimes and `!`.
pub(crate) fn named_answer(function: &Function) -> Option<TokenStream> {
    let Some(output) = &function.output else {
        return Some(quote::quote!(()));
    };
    let hidden = any(output.clone(), &|tree, next| {
        let elided = is_punct(Some(tree), '&') && !is_punct(next, '\'');
        let anonymous = is_punct(Some(tree), '\'') && ident(next).is_some_and(|name| name == "_");
        let word = ident(Some(tree)).is_some_and(|word| word == "impl" || word == "_");
        elided || anonymous || word
    });
    let never = output.to_string() == "!";
    (!hidden && !never).then(|| output.clone())
}

/// The span that stands for all of a type: its first and its last token.
pub(crate) fn span_of(ty: &TokenStream) -> (Span, Span) {
    crate::syntax::tokens::ends(ty)
}
