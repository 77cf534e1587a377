//! `#[derive(FromPath)]`: newtypes are read as what they hold, enums by the names of their variants.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Data, DataEnum, DeriveInput, Fields, LitStr};

use crate::diagnostics::{Diagnostics, listed, with_help};
use crate::names::Runtime;

pub(crate) fn from_path(input: &DeriveInput, diagnostics: &mut Diagnostics) -> TokenStream {
    let name = &input.ident;
    let body = match &input.data {
        Data::Struct(data) => newtype(&data.fields),
        Data::Enum(data) => variants(data, diagnostics),
        Data::Union(_) => None,
    };
    let Some(body) = body else {
        let help = "a path parameter is one text: derive it for a struct with one field, or for an enum without data; \
                    take several parameters as `Path<T>`, with `#[derive(serde::Deserialize)]`";
        diagnostics.push(name.span(), with_help("`FromPath` needs one field", help));
        return TokenStream::new();
    };
    let (own, arguments, clause) = input.generics.split_for_impl();
    let private = Runtime::default().private();
    quote! {
        const _: () = {
            use #private as __p;
            #[automatically_derived]
            impl #own __p::FromPath for #name #arguments #clause {
                fn from_capture(text: &str) -> ::core::result::Result<Self, __p::String> {
                    #body
                }
            }
        };
    }
}

fn newtype(fields: &Fields) -> Option<TokenStream> {
    let mut all = fields.members().zip(fields.iter());
    let (Some((member, field)), None) = (all.next(), all.next()) else {
        return None;
    };
    let ty = &field.ty;
    let span = Span::call_site().located_at(ty.span());
    let read = quote_spanned!(span=> <#ty as __p::FromPath>::from_capture(text)?);
    Some(quote!(::core::result::Result::Ok(Self { #member: #read })))
}

/// `None` if a variant has data.
fn variants(data: &DataEnum, diagnostics: &mut Diagnostics) -> Option<TokenStream> {
    let mut texts: Vec<String> = Vec::new();
    let mut arms = TokenStream::new();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            return None;
        }
        let text = match written(&variant.attrs, diagnostics) {
            Some(text) => text,
            None => kebab(&variant.ident.to_string()),
        };
        if texts.contains(&text) {
            let message = with_help(
                format!("two variants are read from `{text}`"),
                "give one another text: `#[segment(\"text\")]`",
            );
            diagnostics.push(variant.ident.span(), message);
        }
        let ident = &variant.ident;
        arms.extend(quote!(#text => ::core::result::Result::Ok(Self::#ident),));
        texts.push(text);
    }
    let known: Vec<&str> = texts.iter().map(String::as_str).collect();
    let expected = format!("expected {}", listed(&known).replace(" and ", " or "));
    Some(quote! {
        match text {
            #arms
            _ => ::core::result::Result::Err(#expected.into()),
        }
    })
}

/// `#[segment("text")]`.
fn written(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Option<String> {
    let attribute = attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("segment"))?;
    let Ok(text) = attribute.parse_args::<LitStr>() else {
        let message = with_help("`segment` takes a string", "write `#[segment(\"text\")]`");
        diagnostics.push(attribute.span(), message);
        return None;
    };
    Some(text.value())
}

/// `InProgress` as `in-progress`.
fn kebab(name: &str) -> String {
    let mut text = String::new();
    let letters: Vec<char> = name.trim_start_matches("r#").chars().collect();
    for (index, letter) in letters.iter().enumerate() {
        let begins = letter.is_uppercase()
            && index > 0
            && (!letters[index - 1].is_uppercase()
                || letters
                    .get(index + 1)
                    .is_some_and(|next| next.is_lowercase()));
        if begins {
            text.push('-');
        }
        text.extend(letter.to_lowercase());
    }
    text
}
