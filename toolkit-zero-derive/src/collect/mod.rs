//! `collected!`, `serve_managed!` and `link!`: routes gathered at link time, and the crates they come from.

mod manifest;
mod mounts;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;

use crate::diagnostics::{Diagnostics, with_help};
use crate::names::{self, Runtime};
use crate::options::{self, Arguments, NamedCrate, OF_COLLECTED, Options, Piece};
use crate::syntax::tokens::{Angles, flat, ident, split_at_commas, stream};

pub(crate) use mounts::Package;
#[cfg(test)]
pub(crate) use mounts::Unit;
use mounts::{Condition, Named, Neighbour};

/// What an entry point links and mounts.
pub(crate) struct Collection {
    /// `use x as _;` for every crate, under the condition under which it is there.
    pub(crate) links: TokenStream,
    /// The call that ends in a `Server`; the alias `__p` must be in scope.
    pub(crate) server: TokenStream,
}

/// Decides from the package and the options; says what is wrong with the crates that the options name.
pub(crate) fn collection(
    package: &Package,
    options: &Options,
    function: &str,
    diagnostics: &mut Diagnostics,
) -> Collection {
    let named: Vec<(&NamedCrate, String)> = options
        .crates
        .iter()
        .filter_map(|krate| Some((krate, package_of(package, &krate.name, diagnostics)?)))
        .collect();
    let neighbours: Vec<Neighbour> = package
        .neighbours()
        .into_iter()
        .filter(|neighbour| {
            !named
                .iter()
                .any(|(_, package)| *package == neighbour.package)
        })
        .collect();
    let mut links = TokenStream::new();
    if options.link != Some(false) {
        if let Some(library) = package.own_library() {
            links.extend(link(&Ident::new(&library, Span::call_site())));
        }
        for neighbour in &neighbours {
            let (condition, name) = (
                cfg(&neighbour.conditions),
                Ident::new(&neighbour.name, Span::call_site()),
            );
            let link = link(&name);
            links.extend(quote!(#condition #link));
        }
    }
    links.extend(named.iter().map(|(krate, _)| link(&krate.name)));
    links.extend(package.is_known().then(follow_manifest));
    let own = &package.name;
    let mounted = neighbours.iter().filter(|neighbour| neighbour.is_mounted);
    let theirs = mounted.map(|neighbour| {
        let (condition, package) = (cfg(&neighbour.conditions), &neighbour.package);
        quote!(#condition __p::Mount { package: #package, prefix: "", named: false })
    });
    let asked = named.iter().map(|(krate, package)| {
        let prefix = &krate.prefix;
        quote!(__p::Mount { package: #package, prefix: #prefix, named: true })
    });
    let unseen: Vec<String> = package
        .unseen()
        .into_iter()
        .filter(|unseen| named.iter().all(|(_, package)| package != unseen))
        .collect();
    let unseen = (!unseen.is_empty()).then(|| quote!(.unseen(&[#(#unseen),*])));
    let origin = names::origin(function, Span::call_site());
    let server = quote! {
        __p::collect(
            #own,
            &[__p::Mount { package: #own, prefix: "", named: false }, #(#theirs,)* #(#asked,)*],
            #origin,
        )
        #unseen
    };
    Collection { links, server }
}

fn link(name: &Ident) -> TokenStream {
    quote!(use ::#name as _;)
}

/// Expands again when the manifest changes: rustc notes the file as one it has read.
fn follow_manifest() -> TokenStream {
    quote! {
        const _: &[::core::primitive::u8] =
            ::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    }
}

/// `#[cfg(..)]` for any of the ways in which a crate is there.
fn cfg(conditions: &[Condition]) -> TokenStream {
    if conditions.is_empty() {
        return TokenStream::new();
    }
    let ways = conditions.iter().map(|condition| {
        let features = &condition.features;
        let features = (!features.is_empty()).then(|| quote!(any(#(feature = #features),*)));
        let target: Option<TokenStream> = condition
            .target
            .as_ref()
            .and_then(|target| target.parse().ok());
        let parts = features.into_iter().chain(target);
        quote!(all(#(#parts),*))
    });
    quote!(#[cfg(any(#(#ways),*))])
}

/// The package behind the name a user wrote.
fn package_of(package: &Package, name: &Ident, diagnostics: &mut Diagnostics) -> Option<String> {
    match package.named(&name.to_string()) {
        Named::Package(package) => Some(package),
        Named::Unknown => {
            let help = format!(
                "add it to `[dependencies]` of `{}` under this name",
                package.name
            );
            let message = with_help(format!("`{name}` is not a dependency of this crate"), help);
            diagnostics.push(name.span(), message);
            None
        }
    }
}

/// Expands `collected!(..)`.
pub(crate) fn collected(input: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let Arguments { pieces } = options::arguments(input, &mut diagnostics);
    let pieces: Vec<&Piece> = pieces.iter().collect();
    let options = options::read(&pieces, OF_COLLECTED, &mut diagnostics);
    server(&options, "collected!", &quote!(), diagnostics)
}

/// Expands `serve_managed!(addr, ..)`.
pub(crate) fn serve_managed(input: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let trees = flat(input);
    let first = split_at_commas(&trees, Angles::OfExpressions)
        .first()
        .map_or(0, |first| first.len());
    let (address, rest) = trees.split_at(first);
    let Arguments { pieces } =
        options::arguments(stream(rest.get(1..).unwrap_or_default()), &mut diagnostics);
    let pieces: Vec<&Piece> = pieces.iter().collect();
    let options = options::read(&pieces, OF_COLLECTED, &mut diagnostics);
    if address.is_empty() {
        let message = with_help(
            "missing address",
            "write `serve_managed!(([127, 0, 0, 1], 8080))`",
        );
        diagnostics.push(Span::call_site(), message);
    }
    let address = stream(address);
    server(
        &options,
        "serve_managed!",
        &quote!(.serve_managed(#address)),
        diagnostics,
    )
}

fn server(
    options: &Options,
    name: &str,
    then: &TokenStream,
    mut diagnostics: Diagnostics,
) -> TokenStream {
    let Collection { links, server } =
        collection(&Package::current(), options, name, &mut diagnostics);
    if !diagnostics.is_empty() {
        return diagnostics.into_tokens();
    }
    let private = Runtime::at(options.krate.clone()).private();
    quote! {{
        const _: () = {
            #links
        };
        {
            use #private as __p;
            #server
        }
        #then
    }}
}

/// Expands `link!(a, b)`.
pub(crate) fn link_crates(input: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let package = Package::current();
    let own = &package.name;
    let mut linked = TokenStream::new();
    let trees = flat(input);
    let pieces = split_at_commas(&trees, Angles::OfExpressions);
    if pieces.is_empty() {
        diagnostics.push(
            Span::call_site(),
            with_help("no crate is named", "write `toolkit_zero::link!(a, b);`"),
        );
    }
    for piece in pieces {
        let (Some(name), 1) = (ident(piece.first()), piece.len()) else {
            let span = piece.first().map_or_else(Span::call_site, TokenTree::span);
            diagnostics.push(
                span,
                with_help("expected the name of a crate", "write `link!(a, b)`"),
            );
            continue;
        };
        let Some(package) = package_of(&package, name, &mut diagnostics) else {
            continue;
        };
        let (link, origin) = (link(name), names::origin("link!", Span::call_site()));
        linked.extend(quote! {
            #link
            __p::inventory::submit! { __p::Linked::new(#own, #package, #origin) }
        });
    }
    if !diagnostics.is_empty() {
        return diagnostics.into_tokens();
    }
    let private = Runtime::default().private();
    quote! {
        const _: () = {
            use #private as __p;
            #linked
        };
    }
}
