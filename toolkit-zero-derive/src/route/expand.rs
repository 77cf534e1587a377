//! A model into tokens. No decision is left here.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::names::{self, Runtime};
use crate::route::model::{Argument, Route, Source, is_open, named_answer, span_of};
use crate::route::role::Role;
use crate::syntax::function::Function;
use crate::syntax::text::written;
use crate::syntax::tokens::{ident, is_punct, plain, stream};
use crate::url;

/// The items beside the function: what `url!` reads, and one anonymous constant a route.
pub(crate) fn expand(function: &Function, routes: &[Route]) -> TokenStream {
    let documentation = documentation(function);
    let constants = routes
        .iter()
        .map(|route| constant(function, route, &documentation));
    let item = url::item(function, routes, &quote!(#(#constants)*));
    let checks = routes.iter().filter_map(|route| one_body(function, route));
    let warnings = routes.iter().flat_map(|route| seldom(function, route));
    quote!(#item #(#checks)* #(#warnings)*)
}

fn constant(function: &Function, route: &Route, documentation: &TokenStream) -> TokenStream {
    let condition = route.declaration.condition.iter();
    let private = Runtime::at(route.declaration.options.krate.clone()).private();
    let handle = handle(function, route);
    let meta = meta(function, route);
    let definition = definition(function, route, documentation);
    quote! {
        #(#[cfg(#condition)])*
        #[allow(deprecated)]
        const _: () = {
            use #private as __p;
            #handle
            #meta
            #definition
            __p::inventory::submit! { __p::Submitted(&__DEF) }
        };
    }
}

/// One call of a generic of the runtime, so that a wrong type is one error, on that type.
fn handle(function: &Function, route: &Route) -> TokenStream {
    let arguments = &route.arguments;
    let call = names::call(arguments.len(), route.declaration.options.blocking);
    let types = arguments.iter().map(source_type);
    let patterns = arguments.iter().enumerate().map(|(index, argument)| {
        let local = names::argument(index);
        match argument.source {
            Source::Capture(_) => quote!(__p::Capture(#local)),
            Source::Rest(_) => quote!(__p::Rest(#local)),
            Source::Request => quote!(#local),
        }
    });
    let locals = (0..arguments.len()).map(names::argument);
    let name = &function.name;
    let answer = named_answer(function).unwrap_or_else(|| quote_spanned!(name.span()=> _));
    // Errors about the future, such as one that is not `Send`, point at the name of the function.
    let future = if route.declaration.options.blocking {
        quote!()
    } else {
        quote_spanned!(name.span()=> _)
    };
    let request = Ident::new("request", Span::mixed_site());
    quote! {
        fn __handle(#request: __p::Request) -> __p::BoxFuture {
            __p::handler::#call::<#(#types,)* #answer, #future>(#request, |#(#patterns),*| #name(#(#locals),*))
        }
    }
}

/// The type an argument is taken from a request as. Its tokens cover the user's type, so errors do.
fn source_type(argument: &Argument) -> TokenStream {
    let ty = &argument.ty;
    let (first, last) = span_of(ty);
    match argument.source {
        Source::Capture(index) => {
            let (open, close) = (
                quote_spanned!(first=> __p::Capture<#index,),
                quote_spanned!(last=> >),
            );
            quote!(#open #ty #close)
        }
        Source::Rest(index) => {
            let (open, close) = (
                quote_spanned!(first=> __p::Rest<#index,),
                quote_spanned!(last=> >),
            );
            quote!(#open #ty #close)
        }
        Source::Request => ty.clone(),
    }
}

/// What the arguments and the answer say about themselves.
fn meta(function: &Function, route: &Route) -> TokenStream {
    let meta = Ident::new("meta", Span::mixed_site());
    let arguments = route
        .arguments
        .iter()
        .filter(|argument| !is_open(&argument.ty))
        .map(|argument| {
            let (name, ty) = (&argument.name, source_type(argument));
            quote!(#meta.argument(#name, <__p::Probe<#ty>>::DESCRIBE);)
        });
    let answer =
        named_answer(function).map(|ty| quote!(#meta.answer(<__p::Answer<#ty>>::DESCRIBE);));
    quote! {
        fn __meta(#meta: &mut __p::Meta) {
            use __p::{NoAnswer as _, NoExtractor as _};
            #(#arguments)*
            #answer
            let _ = #meta;
        }
    }
}

fn definition(function: &Function, route: &Route, documentation: &TokenStream) -> TokenStream {
    let declaration = &route.declaration;
    let options = &declaration.options;
    let methods = &declaration.methods;
    let pattern = &declaration.own.text;
    let name = &function.name;
    let origin = names::origin(&plain(&function.name), declaration.span);
    let mut calls = TokenStream::new();
    if !declaration.inherited.prefix.is_empty() {
        let prefix = &declaration.inherited.prefix;
        calls.extend(quote!(.prefix(#prefix)));
    }
    for (call, text) in [("name", &options.name), ("tag", &options.tag)] {
        let call = format_ident!("{call}");
        calls.extend(text.iter().map(|text| quote!(.#call(#text))));
    }
    calls.extend(options.body_limit.map(|bytes| quote!(.body_limit(#bytes))));
    calls.extend(options.timeout_ms.map(|time| quote!(.timeout_ms(#time))));
    calls.extend(
        options
            .cancel_on_disconnect
            .map(|cancel| quote!(.cancel_on_disconnect(#cancel))),
    );
    calls.extend(options.blocking.then(|| quote!(.blocking())));
    calls.extend(options.allow_body.then(|| quote!(.allow_body())));
    calls.extend(options.status.map(|status| quote!(.status(#status))));
    match declaration.role {
        Role::Route => {}
        Role::Fallback => calls.extend(quote!(.fallback())),
        Role::Catch(status) => calls.extend(quote!(.catch(#status))),
    }
    let own = (0..options.layers.len()).map(|index| format_ident!("__LAYER_{}", index));
    let own: Vec<Ident> = own.collect();
    let inherited = &declaration.inherited.layers;
    if !own.is_empty() || !inherited.is_empty() {
        calls.extend(quote!(.layers(&[#(&#inherited,)* #(&#own,)*])));
    }
    let layers = own
        .iter()
        .zip(&options.layers)
        .map(|(name, layer)| layer_static(&quote!(__p), name, layer));
    quote! {
        #(#layers)*
        static __DEF: __p::RouteDef =
            __p::RouteDef::new(#origin, &[#(#methods),*], #pattern, __handle, __meta, __p::type_id_of(&#name)) #calls #documentation;
    }
}

/// One layer, made once a server: the address of the static is its identity.
pub(crate) fn layer_static(
    private: &TokenStream,
    name: &Ident,
    layer: &TokenStream,
) -> TokenStream {
    quote! {
        static #name: #private::LayerSource = {
            fn make() -> #private::ErasedLayer {
                #private::erase_layer(#layer)
            }
            #private::LayerSource::new(make)
        };
    }
}

/// The doc comment and the marks that documents about the route repeat.
fn documentation(function: &Function) -> TokenStream {
    let mut calls = TokenStream::new();
    let mut lines = Vec::new();
    for attribute in &function.attributes {
        if attribute.is("deprecated") {
            calls.extend(quote!(.deprecated()));
        }
        if !attribute.is("doc") {
            continue;
        }
        if let Some(value) = attribute.value() {
            let value = stream(value);
            if !lines.is_empty() {
                lines.push(quote!("\n"));
            }
            lines.push(value);
        } else if attribute
            .arguments()
            .is_some_and(|arguments| arguments.to_string() == "hidden")
        {
            calls.extend(quote!(.hidden()));
        }
    }
    if !lines.is_empty() {
        calls.extend(quote!(.docs(::core::concat!(#(#lines),*))));
    }
    calls
}

/// Fails in const evaluation when two arguments take the body; works through aliases. It stands in the module itself, so that
/// what rustc says of the place is short.
fn one_body(function: &Function, route: &Route) -> Option<TokenStream> {
    let takers: Vec<&Argument> = route
        .arguments
        .iter()
        .filter(|argument| argument.source == Source::Request && !is_open(&argument.ty))
        .collect();
    if takers.len() < 2 {
        return None;
    }
    let condition = route.declaration.condition.iter();
    let conditions = names::conditions(&function.conditions());
    let private = Runtime::at(route.declaration.options.krate.clone()).private();
    let handler = plain(&function.name);
    let arguments = takers.iter().map(|argument| {
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
    if !bodiless || route.declaration.options.allow_body {
        return Vec::new();
    }
    let takes = |argument: &&Argument| {
        let trees: Vec<_> = argument.ty.clone().into_iter().collect();
        let angle = trees.iter().position(|tree| is_punct(Some(tree), '<'));
        let name = ident(trees[..angle.unwrap_or(trees.len())].last());
        let within = match (name, angle) {
            (Some(name), Some(angle)) if *name == "Option" => ident(trees.get(angle + 1)),
            (name, _) => name,
        };
        argument.source == Source::Request
            && within.is_some_and(|name| BODIES.contains(&name.to_string().as_str()))
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
    let found = route.arguments.iter().filter(takes);
    found.map(warning).collect()
}
