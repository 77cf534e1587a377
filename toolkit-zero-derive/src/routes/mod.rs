//! `#[routes("/api/v1", ..)] mod users { .. }`: a prefix and options for the routes of an inline module.

mod inherit;
mod walk;

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream};
use quote::quote;

use crate::diagnostics::{Diagnostics, with_help};
use crate::names;
use crate::options::{self, Arguments, OF_MODULES, Options, Piece};
use crate::pattern::Pattern;
use crate::route::layer_static;
use crate::syntax::attribute::Attribute;
use crate::syntax::function::Reader;
use crate::syntax::text::string;
use crate::syntax::tokens::{flat, group, ident, is_ident, plain, stream};

pub(crate) use inherit::{Inherited, LayerPath};

/// An inline module, read as far as its braces.
struct Module {
    attributes: Vec<Attribute>,
    /// Visibility and keyword.
    head: TokenStream,
    name: Ident,
    contents: Group,
}

/// Expands `#[routes(..)]` on `item`.
pub(crate) fn attribute(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let (outer, arguments) = Inherited::take(arguments);
    let Arguments { pieces } = options::arguments(arguments, &mut diagnostics);
    let prefix = prefix(&pieces, &outer, &mut diagnostics);
    let pieces: Vec<&Piece> = pieces
        .iter()
        .filter(|piece| !matches!(piece, Piece::Literal(_)))
        .collect();
    let options = options::read(&pieces, OF_MODULES, &mut diagnostics);
    let module = module(item.clone(), &mut diagnostics);
    if let (Some(module), true) = (module, diagnostics.is_empty()) {
        return expand(&outer, &prefix, &options, &module);
    }
    let errors = diagnostics.into_tokens();
    quote!(#item #errors)
}

fn module(item: TokenStream, diagnostics: &mut Diagnostics) -> Option<Module> {
    let mut reader = Reader {
        trees: flat(item),
        at: 0,
    };
    let attributes = reader.attributes();
    let start = reader.at;
    reader.visibility();
    if !is_ident(reader.peek(), "mod") {
        let help = "write `#[routes(\"/prefix\")] mod name { .. }` around the functions";
        diagnostics.push(
            reader.here(),
            with_help("`#[routes]` goes on an inline module", help),
        );
        return None;
    }
    reader.at += 1;
    let head = stream(&reader.trees[start..reader.at]);
    let name = ident(reader.peek())?.clone();
    reader.at += 1;
    if let Some(contents) = group(reader.peek(), Delimiter::Brace) {
        return Some(Module {
            attributes,
            head,
            name,
            contents: contents.clone(),
        });
    }
    let message = with_help(
        format!("`#[routes]` cannot see into `mod {name};`"),
        format!(
            "write `mod {name} {{ .. }}` with the functions in it, or put the prefix into their paths"
        ),
    );
    diagnostics.push(name.span(), message);
    None
}

/// The literal that comes first, if there is one.
fn prefix(pieces: &[Piece], outer: &Inherited, diagnostics: &mut Diagnostics) -> String {
    let mut prefix = String::new();
    let mut given = false;
    for (index, piece) in pieces.iter().enumerate() {
        let Piece::Literal(literal) = piece else {
            continue;
        };
        if given {
            let message = with_help(
                "a module has one prefix",
                "nest a second `#[routes]` module",
            );
            diagnostics.push(literal.span(), message);
        } else if index > 0 {
            let message = with_help(
                "the prefix comes first",
                format!("`#[routes({literal}, ..)]`"),
            );
            diagnostics.push(literal.span(), message);
        }
        given = true;
        match checked(literal, outer) {
            Ok(text) => prefix = text,
            Err(message) => diagnostics.push(literal.span(), message),
        }
    }
    prefix
}

fn checked(literal: &Literal, outer: &Inherited) -> Result<String, String> {
    let Some(text) = string(literal) else {
        return Err(with_help(
            "the prefix must be a string literal",
            "e.g. `#[routes(\"/api/v1\")]`",
        ));
    };
    let own = Pattern::parse(&text).map_err(|fault| fault.draw(&text))?;
    if own.ends_with_slash() {
        let shorter = text.trim_end_matches('/');
        let help = if shorter.is_empty() {
            "leave it out".to_owned()
        } else {
            format!("write `\"{shorter}\"`")
        };
        return Err(with_help("a prefix does not end with `/`", help));
    }
    if own.captures().any(|capture| capture.rest) {
        return Err(with_help(
            "a prefix cannot take the remainder",
            "put `{*rest}` into the path of a route",
        ));
    }
    let whole = Pattern::join(&outer.prefix, &text);
    Pattern::parse(&whole).map_err(|fault| fault.draw(&whole))?;
    Ok(text)
}

fn expand(outer: &Inherited, prefix: &str, options: &Options, module: &Module) -> TokenStream {
    let Module {
        attributes,
        head,
        name,
        contents,
    } = module;
    let statics: Vec<Ident> = (0..options.layers.len())
        .map(|index| names::module_layer(name, index))
        .collect();
    let layers = statics
        .iter()
        .map(|name| LayerPath {
            up: 0,
            name: name.clone(),
        })
        .collect();
    let sum = outer.with(prefix, options, layers);
    let private = sum.runtime().private();
    let conditions: Vec<&Attribute> = attributes
        .iter()
        .filter(|attribute| attribute.decides_existence())
        .collect();
    let conditions = names::conditions(&conditions);
    let layers = statics.iter().zip(&options.layers).map(|(name, layer)| {
        let layer = layer_static(&private, name, layer);
        quote!(#conditions #layer)
    });
    let rewritten = walk::rewrite(contents.stream(), &sum.deeper());
    let (whole, origin) = (&sum.prefix, names::origin(&plain(name), Span::call_site()));
    let options = sum.has_options().then(|| quote!(.with_options()));
    let marker = quote! {
        const _: () = {
            use #private as __p;
            __p::inventory::submit! { __p::Group::new(::core::module_path!(), #whole, #origin) #options }
        };
    };
    let mut braces = Group::new(Delimiter::Brace, quote!(#rewritten #marker));
    braces.set_span(contents.span());
    quote!(#(#layers)* #(#attributes)* #head #name #braces)
}

#[cfg(test)]
mod tests;
