//! What is said of arguments that take the body: two of them, or one in a `GET`.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use crate::names::{self, Runtime};
use crate::route::model::{Argument, Route, Source, is_open, span_of};
use crate::syntax::function::Function;
use crate::syntax::text::written;
use crate::syntax::tokens::plain;
use crate::syntax::types::{outer, within};

/// A check for two, and a warning for each in a `GET`. Mostly nothing.
pub(crate) fn said_of(function: &Function, route: &Route) -> TokenStream {
    let check = one_body(function, route);
    let warnings = seldom(function, route);
    quote!(#check #(#warnings)*)
}

/// Whether two arguments may take the body, by the names of their types.
pub(crate) fn is_suspect(route: &Route) -> bool {
    may_take(route).nth(1).is_some()
}

fn may_take(route: &Route) -> impl Iterator<Item = &Argument> {
    const BODILESS: [&str; 14] = [
        "State",
        "Query",
        "Path",
        "Header",
        "HeaderMap",
        "Method",
        "Uri",
        "ClientAddr",
        "MatchedPath",
        "Extension",
        "RequestId",
        "Cookies",
        "Shutdown",
        "LastEventId",
    ];
    route.arguments.iter().filter(|argument| {
        argument.source == Source::Request
            && !is_open(&argument.ty)
            && outer(&argument.ty).is_none_or(|name| !BODILESS.contains(&name.as_str()))
    })
}

/// Fails in const evaluation when two arguments take the body; works through aliases. It stands in the module itself, so that
/// what rustc says of the place is short. An item costs the compiler, so there is none without suspicion.
fn one_body(function: &Function, route: &Route) -> Option<TokenStream> {
    if !is_suspect(route) {
        return None;
    }
    let condition = route.declaration.condition.iter();
    let conditions = names::conditions(&function.conditions());
    let private = Runtime::at(route.declaration.options.krate.clone()).private();
    let handler = plain(&function.name);
    let arguments = may_take(route).map(|argument| {
        let ty = &argument.ty;
        let written = format!("{}: {}", argument.name, written(ty));
        quote!((#written, <__p::Probe<#ty>>::BODY))
    });
    let span = function.name.span();
    let check = quote_spanned!(span=> __p::one_takes_the_body(#handler, &[#(#arguments),*]));
    Some(quote! {
        #conditions
        #(#[cfg(#condition)])*
        #[allow(deprecated)]
        const _: () = {
            use #private as __p;
            use __p::NoExtractor as _;
            #check
        };
    })
}

/// A warning for each argument of a `GET` that looks as if it took the body: few clients send one. Stable Rust lets a macro
/// warn only by way of something deprecated.
fn seldom(function: &Function, route: &Route) -> Vec<TokenStream> {
    const BODIES: [&str; 6] = ["Json", "Form", "Multipart", "Bytes", "Body", "String"];
    let methods = &route.declaration.methods;
    let bodiless = methods
        .iter()
        .all(|method| matches!(method.as_str(), "GET" | "HEAD"));
    if methods.is_empty() || !bodiless || route.declaration.options.allow_body {
        return Vec::new();
    }
    let takes = |argument: &&Argument| {
        let mut name = outer(&argument.ty);
        if name.as_deref() == Some("Option") {
            name = outer(&within(&argument.ty));
        }
        argument.source == Source::Request
            && name.is_some_and(|name| BODIES.contains(&name.as_str()))
    };
    let conditions = names::conditions(&function.conditions());
    let warning = |argument: &Argument| {
        let note = format!(
            "{} requests seldom have a body; take a value of the query as `Query<T>`, or say `allow_body`",
            methods.join(" and ")
        );
        let (first, _) = span_of(&argument.ty);
        let name = Ident::new("BODY_OF_A_GET", first);
        quote! {
            #conditions
            const _: () = {
                #[deprecated(note = #note)]
                const BODY_OF_A_GET: () = ();
                #name
            };
        }
    };
    route.arguments.iter().filter(takes).map(warning).collect()
}
