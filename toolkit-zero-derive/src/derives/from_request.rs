//! `#[derive(FromRequest)]`: a struct of extractors is an extractor.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Member, Type};

use crate::diagnostics::{Diagnostics, with_help};
use crate::names::Runtime;
use crate::syntax::types::blames_within;

/// Takes one field. No bound is asked for, as rustc would tell twice of one; it stands where the needs are told.
fn read(ty: &Type, request: &Ident) -> TokenStream {
    quote!(<__p::Probe<#ty>>::read(#request).await?)
}

/// What a field needs. The one error about its type is this one.
fn needs(ty: &Type) -> TokenStream {
    let within = blames_within(&ty.to_token_stream());
    quote!(__p::handler::needs_of_a_field::<#ty, #within>(meta);)
}

pub(crate) fn from_request(input: &DeriveInput, diagnostics: &mut Diagnostics) -> TokenStream {
    let name = &input.ident;
    let Data::Struct(data) = &input.data else {
        let help = "put it on a struct whose fields are extractors";
        diagnostics.push(name.span(), with_help("`FromRequest` needs a struct", help));
        return TokenStream::new();
    };
    let fields: Vec<(Member, &Type)> = data
        .fields
        .members()
        .zip(data.fields.iter().map(|field| &field.ty))
        .collect();
    let types: Vec<&Type> = fields.iter().map(|(_, ty)| *ty).collect();
    let locals: Vec<_> = (0..fields.len())
        .map(|index| format_ident!("field{}", index, span = Span::mixed_site()))
        .collect();
    let members = fields.iter().map(|(member, _)| member);
    // The local is ours, whoever wrote the type.
    let request = Ident::new("request", Span::call_site());
    // Those that do not take the body first, as for the arguments of a handler.
    let is_generic = !input.generics.params.is_empty();
    let takes: Vec<_> = types
        .iter()
        .map(|ty| quote!(<__p::Probe<#ty>>::BODY))
        .collect();
    let early = locals
        .iter()
        .zip(&types)
        .zip(&takes)
        .map(|((local, ty), takes)| {
            let read = read(ty, &request);
            quote! {
                let mut #local = ::core::option::Option::None;
                if !#takes {
                    #local = ::core::option::Option::Some(#read);
                }
            }
        });
    let late = locals.iter().zip(&types).map(|(local, ty)| {
        let read = read(ty, &request);
        quote! {
            let #local = match #local {
                ::core::option::Option::Some(value) => value,
                ::core::option::Option::None => #read,
            };
        }
    });
    let (own, arguments, clause) = input.generics.split_for_impl();
    let predicates = clause.map(|clause| &clause.predicates);
    let bounds = if is_generic {
        let bounds = types.iter().map(|ty| {
            let within = blames_within(&ty.to_token_stream());
            quote_spanned!(ty.span()=> #ty: __p::Extractor<#within>)
        });
        quote!(where #(#bounds,)* Self: ::core::marker::Send, #predicates)
    } else {
        quote!(where #predicates)
    };
    let describes = types.iter().map(|ty| needs(ty));
    let known = (!is_generic).then(|| {
        let help = "keep one of the fields that take it";
        let message = with_help(format!("`{name}` reads the request body twice"), help);
        quote_spanned! {name.span()=>
            #[allow(unused_qualifications)]
            const _: () = ::core::assert!(__p::at_most_one([#(#takes),*]), #message);
        }
    });
    let private = Runtime::default().private();
    quote! {
        const _: () = {
            use #private as __p;
            #[allow(unused_imports)]
            use __p::{NoExtractor as _, NoReader as _};
            #known
            #[automatically_derived]
            impl #own __p::FromRequest for #name #arguments #bounds {
                type Rejection = __p::Response;
                const TAKES_BODY: bool = false #(|| #takes)*;

                #[allow(unused_variables)]
                fn describe(meta: &mut __p::Meta) {
                    #(#describes)*
                }

                #[allow(unused_variables)]
                async fn from_request(
                    request: &mut __p::Request,
                ) -> ::core::result::Result<Self, __p::Response> {
                    #(#early)*
                    #(#late)*
                    ::core::result::Result::Ok(Self { #(#members: #locals),* })
                }
            }
        };
    }
}
