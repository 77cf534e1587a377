//! A model into tokens. No decision is left here.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::names::{self, Runtime};
use crate::route::bodies;
use crate::route::model::{Argument, Route, Source, is_open, named_answer, span_of};
use crate::route::role::Role;
use crate::syntax::function::Function;
use crate::syntax::tokens::{plain, stream};
use crate::syntax::types::{blames_within, shape};
use crate::url;

/// The one item beside the function, which holds what `url!` reads and a static for each route. To the compiler the static
/// is the cost of a route: it is one body, with the handler and its call as closures in it.
pub(crate) fn expand(function: &Function, routes: &[Route]) -> TokenStream {
    let documentation = documentation(function);
    let statics: Vec<_> = routes
        .iter()
        .map(|route| route_static(function, route, &documentation))
        .collect();
    let statics = match routes {
        [only] if only.declaration.condition.is_none() => quote!(#(#statics)*),
        _ => {
            let apart = routes.iter().zip(&statics);
            let apart = apart.map(|(route, definition)| {
                let condition = route.declaration.condition.iter();
                let private = Runtime::at(route.declaration.options.krate.clone()).private();
                quote! {
                    #(#[cfg(#condition)])*
                    const _: () = {
                        use #private as __p;
                        #definition
                    };
                }
            });
            quote!(#(#apart)*)
        }
    };
    let item = url::item(function, routes, &statics);
    let checks = routes.iter().map(|route| bodies::said_of(function, route));
    quote!(#item #(#checks)*)
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
        quote_spanned!(name.span()=> _,)
    };
    let shape = shape(&answer);
    let request = Ident::new("request", Span::mixed_site());
    quote! {
        |#request| __p::handler::#call::<#(#types,)* #answer, #future #shape>(#request, |#(#patterns),*| #name(#(#locals),*))
    }
}

/// What the arguments need. The bounds are those of [`handle`], in the same body, so a wrong type is not told twice.
fn needs(function: &Function, route: &Route) -> TokenStream {
    if route.arguments.iter().any(|argument| is_open(&argument.ty)) {
        return quote!(|_| {});
    }
    let needs = names::needs(route.arguments.len());
    let types = route.arguments.iter().map(|argument| {
        let ty = source_type(argument);
        let within = argument.source != Source::Request || blames_within(&argument.ty);
        quote!(#ty, #within)
    });
    let told = bodies::is_suspect(route);
    quote_spanned!(function.name.span()=> __p::handler::#needs::<#(#types),*>(#told))
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

/// What `inventory` is given.
fn route_static(function: &Function, route: &Route, documentation: &TokenStream) -> TokenStream {
    let declaration = &route.declaration;
    let options = &declaration.options;
    let (handle, needs) = (handle(function, route), needs(function, route));
    let methods = &declaration.methods;
    let pattern = &declaration.own.text;
    let name = &function.name;
    let origin = names::origin(&plain(&function.name), declaration.span);
    let mut calls = TokenStream::new();
    if declaration.inherited.seen {
        calls.extend(quote!(.inherited()));
    }
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
        static ROUTE: __p::RouteDef =
            __p::RouteDef::new(#origin, &[#(#methods),*], #pattern, #handle, #needs, __p::type_id_of(&#name)) #calls #documentation;
        __p::inventory::submit! { __p::Submitted(&ROUTE) }
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
