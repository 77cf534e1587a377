//! `#[derive(ApiError)]`: an error that is a problem document, with a status, a title and a detail a variant.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Fields, LitInt, LitStr, Member, Token};

use crate::diagnostics::{Diagnostics, did_you_mean, with_help};
use crate::names::Runtime;

/// What `#[status(404, title = "..", detail = "..", kind = "..")]` says.
struct Status {
    code: u16,
    title: Option<LitStr>,
    detail: Option<LitStr>,
    kind: Option<LitStr>,
}

pub(crate) fn api_error(input: &DeriveInput, diagnostics: &mut Diagnostics) -> TokenStream {
    let name = &input.ident;
    let mut arms = TokenStream::new();
    let mut internal = false;
    let mut arm =
        |attributes: &[Attribute], of: &Ident, what: &str, path: TokenStream, fields: &Fields| {
            let Some(status) = status(attributes, of, what, diagnostics) else {
                return;
            };
            internal |= status.code >= 500;
            arms.extend(expanded(&status, &path, fields));
        };
    match &input.data {
        Data::Enum(data) => {
            for variant in &data.variants {
                let ident = &variant.ident;
                arm(
                    &variant.attrs,
                    ident,
                    "variant",
                    quote!(#name::#ident),
                    &variant.fields,
                );
            }
        }
        Data::Struct(data) => {
            arm(
                &input.attrs,
                name,
                "struct",
                name.to_token_stream(),
                &data.fields,
            );
        }
        Data::Union(_) => {
            let help = "put it on an enum, with `#[status(..)]` on each variant";
            diagnostics.push(name.span(), with_help("`ApiError` needs an enum", help));
        }
    }
    let (own, arguments, clause) = input.generics.split_for_impl();
    let private = Runtime::default().private();
    let log = internal.then(|| quote!(__p::log_internal(&problem, &error);));
    quote! {
        const _: () = {
            use #private as __p;
            #[automatically_derived]
            impl #own ::core::convert::From<#name #arguments> for __p::Problem #clause {
                #[allow(unused_variables, non_shorthand_field_patterns, deprecated)]
                fn from(error: #name #arguments) -> Self {
                    let problem = match &error { #arms };
                    #log
                    problem
                }
            }
            #[automatically_derived]
            impl #own __p::IntoResponse for #name #arguments #clause {
                fn into_response(self) -> __p::Response {
                    __p::IntoResponse::into_response(<__p::Problem as ::core::convert::From<Self>>::from(self))
                }
            }
        };
    }
}

fn expanded(status: &Status, path: &TokenStream, fields: &Fields) -> TokenStream {
    let code = status.code;
    let title = status.title.iter().map(|text| quote!(.title(#text)));
    let kind = status.kind.iter().map(|text| quote!(.kind(#text)));
    let mut bindings = TokenStream::new();
    let mut span = Span::call_site();
    let detail = status.detail.as_ref().map(|text| {
        span = text.span();
        let text = LitStr::new(&numbered(&text.value()), text.span());
        quote!(.detail(::std::format!(#text)))
    });
    for member in fields.members() {
        let local = match &member {
            Member::Named(name) => {
                let mut local = name.clone();
                local.set_span(span);
                local
            }
            Member::Unnamed(index) => format_ident!("_{}", index.index, span = span),
        };
        bindings.extend(quote!(#member: #local,));
    }
    quote!(#path { #bindings } => __p::problem_of(#code) #(#title)* #(#kind)* #detail,)
}

/// `{0}` as `{_0}`, which names the binding of the field.
fn numbered(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        out.push(letter);
        if letter != '{' {
            continue;
        }
        match letters.peek() {
            Some('{') => out.extend(letters.next()),
            Some(digit) if digit.is_ascii_digit() => out.push('_'),
            _ => {}
        }
    }
    out
}

fn status(
    attributes: &[Attribute],
    of: &Ident,
    what: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Status> {
    let mut own = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("status"));
    let Some(attribute) = own.next() else {
        let help = format!("e.g. `#[status(404, detail = \"..\")] {of}`");
        let message = with_help(format!("{what} `{of}` needs `#[status(..)]`"), help);
        diagnostics.push(of.span(), message);
        return None;
    };
    if let Some(again) = own.next() {
        let message = with_help(format!("{what} `{of}` has two statuses"), "remove one");
        diagnostics.push(again.span(), message);
    }
    match attribute.parse_args_with(read) {
        Ok(status) => Some(status),
        Err(error) => {
            diagnostics.push(error.span(), error);
            None
        }
    }
}

fn read(input: ParseStream<'_>) -> syn::Result<Status> {
    let example = "e.g. `#[status(404, title = \"..\", detail = \"..\")]`";
    let wanted = |span| syn::Error::new(span, with_help("a status is a number", example));
    let number: LitInt = input.parse().map_err(|_| wanted(input.span()))?;
    let code = number.base10_parse::<u16>().ok();
    let Some(code) = code.filter(|code| (400..=599).contains(code)) else {
        let message = with_help(
            format!("`{number}` is not the status of an error"),
            "it is from 400 to 599",
        );
        return Err(syn::Error::new(number.span(), message));
    };
    let mut status = Status {
        code,
        title: None,
        detail: None,
        kind: None,
    };
    while !input.is_empty() {
        input.parse::<Token![,]>()?;
        if input.is_empty() {
            break;
        }
        let key: Ident = input.parse()?;
        let name = key.to_string();
        let place = match name.as_str() {
            "title" => &mut status.title,
            "detail" => &mut status.detail,
            "kind" => &mut status.kind,
            _ => {
                let help = did_you_mean(&name, &["title", "detail", "kind"]);
                let message = with_help(format!("unknown option `{name}`"), help);
                return Err(syn::Error::new(key.span(), message));
            }
        };
        if place.is_some() {
            let message = with_help(format!("`{name}` is given twice"), "remove one");
            return Err(syn::Error::new(key.span(), message));
        }
        let needs = || {
            with_help(
                format!("`{name}` takes a string"),
                format!("e.g. `{name} = \"..\"`"),
            )
        };
        input
            .parse::<Token![=]>()
            .map_err(|_| syn::Error::new(key.span(), needs()))?;
        let text: LitStr = input
            .parse()
            .map_err(|_| syn::Error::new(input.span(), needs()))?;
        *place = Some(text);
    }
    Ok(status)
}
