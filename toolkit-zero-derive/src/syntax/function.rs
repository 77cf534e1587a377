//! The head of a function. Its body stays the tokens it was, so it may be half typed.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;

use crate::syntax::attribute::Attribute;
use crate::syntax::tokens::{
    Angles, flat, group, ident, is_ident, is_path_separator, is_punct, punct, split_at_commas,
    stream,
};

/// A function as written: its parts, and the very tokens after its attributes.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: TokenStream,
    pub(crate) constness: Option<Span>,
    pub(crate) asyncness: Option<Span>,
    pub(crate) unsafety: Option<Span>,
    pub(crate) abi: Option<TokenStream>,
    pub(crate) keyword: Span,
    pub(crate) name: Ident,
    /// `<..>` with its brackets; empty when there is none.
    pub(crate) generics: TokenStream,
    pub(crate) inputs: Vec<Input>,
    /// The type after `->`.
    pub(crate) output: Option<TokenStream>,
    pub(crate) where_clause: TokenStream,
    /// The semicolon of a function without a body.
    pub(crate) bodyless: Option<Span>,
    /// Everything after the attributes, unchanged.
    pub(crate) item: TokenStream,
}

/// One argument as written.
pub(crate) struct Input {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) pattern: Vec<TokenTree>,
    /// Empty for a receiver and for `...`.
    pub(crate) ty: TokenStream,
    pub(crate) whole: TokenStream,
}

impl Input {
    pub(crate) fn is_receiver(&self) -> bool {
        let names: Vec<&Ident> = self
            .pattern
            .iter()
            .filter_map(|tree| ident(Some(tree)))
            .collect();
        names.last().is_some_and(|name| *name == "self")
    }

    pub(crate) fn is_variadic(&self) -> bool {
        let trees = if self.ty.is_empty() {
            self.pattern.clone()
        } else {
            self.ty.clone().into_iter().collect()
        };
        trees.len() == 3 && trees.iter().all(|tree| is_punct(Some(tree), '.'))
    }

    /// Has it a value after its type? rustc refuses that by itself.
    pub(crate) fn has_default(&self) -> bool {
        let mut angles = 0_usize;
        self.ty.clone().into_iter().any(|tree| {
            angles += usize::from(is_punct(Some(&tree), '<'));
            angles = angles.saturating_sub(usize::from(is_punct(Some(&tree), '>')));
            angles == 0 && is_punct(Some(&tree), '=')
        })
    }

    /// The name of an argument that is only a name, `mut` aside.
    pub(crate) fn name(&self) -> Option<&Ident> {
        match self.pattern.as_slice() {
            [TokenTree::Ident(name)] if name != "_" => Some(name),
            [TokenTree::Ident(keyword), TokenTree::Ident(name)] if keyword == "mut" => Some(name),
            _ => None,
        }
    }
}

impl Function {
    /// Splits `item` into the parts of a function.
    ///
    /// # Errors
    /// The span of the first token that no function has there.
    pub(crate) fn parse(item: TokenStream) -> Result<Self, Span> {
        let mut reader = Reader {
            trees: flat(item),
            at: 0,
        };
        let attributes = reader.attributes();
        let item = stream(&reader.trees[reader.at..]);
        let visibility = reader.visibility();
        let (mut constness, mut asyncness, mut unsafety, mut abi) = (None, None, None, None);
        loop {
            let Some(word) = ident(reader.peek()) else {
                return Err(reader.here());
            };
            let span = word.span();
            match word.to_string().as_str() {
                "const" => constness = Some(span),
                "async" => asyncness = Some(span),
                "unsafe" => unsafety = Some(span),
                "default" | "safe" => {}
                "extern" => {
                    let string =
                        matches!(reader.trees.get(reader.at + 1), Some(TokenTree::Literal(_)));
                    let end = reader.at + 1 + usize::from(string);
                    abi = Some(stream(&reader.trees[reader.at..end]));
                    reader.at = end;
                    continue;
                }
                "fn" => break,
                _ => return Err(reader.here()),
            }
            reader.at += 1;
        }
        let keyword = reader.here();
        reader.at += 1;
        let name = ident(reader.peek()).cloned().ok_or_else(|| reader.here())?;
        reader.at += 1;
        let generics = reader.generics();
        let arguments = group(reader.peek(), Delimiter::Parenthesis)
            .cloned()
            .ok_or_else(|| reader.here())?;
        reader.at += 1;
        let output = reader.output();
        let where_clause = reader.until_body();
        let bodyless = is_punct(reader.peek(), ';').then(|| reader.here());
        if bodyless.is_none() && group(reader.peek(), Delimiter::Brace).is_none() {
            return Err(reader.here());
        }
        Ok(Self {
            attributes,
            visibility,
            constness,
            asyncness,
            unsafety,
            abi,
            keyword,
            name,
            generics,
            inputs: inputs(arguments.stream()),
            output,
            where_clause,
            bodyless,
            item,
        })
    }

    /// Puts arguments without a size behind a box, and drops `...`: this has been refused, and rustc shall not refuse it again.
    pub(crate) fn own_its_arguments(&mut self) {
        let unsized_type = |input: &Input| {
            let trees: Vec<TokenTree> = input.ty.clone().into_iter().collect();
            match trees.as_slice() {
                [slice] if group(Some(slice), Delimiter::Bracket).is_some() => {
                    let inner = group(Some(slice), Delimiter::Bracket).map(Group::stream);
                    let mut inner = inner.unwrap_or_default().into_iter();
                    !inner.any(|tree| is_punct(Some(&tree), ';'))
                }
                [first, ..] => is_ident(Some(first), "dyn") || is_ident(Some(first), "str"),
                [] => false,
            }
        };
        let refused = |input: &Input| unsized_type(input) || input.is_variadic();
        if !self.inputs.iter().any(refused) {
            return;
        }
        let kept = self.inputs.iter().filter(|input| !input.is_variadic());
        let arguments = kept.map(|input| {
            let (attributes, ty) = (&input.attributes, &input.ty);
            let pattern = stream(&input.pattern);
            if unsized_type(input) {
                quote::quote!(#(#attributes)* #pattern: ::std::boxed::Box<#ty>)
            } else {
                let whole = &input.whole;
                quote::quote!(#(#attributes)* #whole)
            }
        });
        let arguments = quote::quote!(#(#arguments),*);
        let mut trees: Vec<TokenTree> = self.item.clone().into_iter().collect();
        let name = self.name.to_string();
        let after = trees.iter().position(|tree| is_ident(Some(tree), &name));
        let list = trees
            .iter_mut()
            .skip(after.unwrap_or_default())
            .find(|tree| group(Some(tree), Delimiter::Parenthesis).is_some());
        if let Some(list) = list {
            let mut new = Group::new(Delimiter::Parenthesis, arguments);
            new.set_span(list.span());
            *list = TokenTree::Group(new);
        }
        self.item = stream(&trees);
    }

    /// The attributes that decide whether the function exists; generated items carry them too.
    pub(crate) fn conditions(&self) -> Vec<&Attribute> {
        self.attributes
            .iter()
            .filter(|attribute| attribute.decides_existence())
            .collect()
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.attributes.iter().map(ToTokens::to_token_stream));
        self.item.to_tokens(tokens);
    }
}

fn inputs(arguments: TokenStream) -> Vec<Input> {
    let trees: Vec<TokenTree> = arguments.into_iter().collect();
    split_at_commas(&trees, Angles::OfTypes)
        .into_iter()
        .map(input)
        .collect()
}

fn input(trees: &[TokenTree]) -> Input {
    let mut reader = Reader {
        trees: trees.to_vec(),
        at: 0,
    };
    let attributes = reader.attributes();
    let rest = &reader.trees[reader.at..];
    let mut colon = None;
    let mut at = 0;
    while at < rest.len() {
        if is_path_separator(rest, at) {
            at += 2;
            continue;
        }
        if is_punct(rest.get(at), ':') {
            colon = Some(at);
            break;
        }
        at += 1;
    }
    let (pattern, ty) = match colon {
        Some(colon) => (&rest[..colon], &rest[colon + 1..]),
        None => (rest, &rest[rest.len()..]),
    };
    Input {
        attributes,
        pattern: pattern.to_vec(),
        ty: stream(ty),
        whole: stream(rest),
    }
}

/// Walks over the trees of an item.
pub(crate) struct Reader {
    pub(crate) trees: Vec<TokenTree>,
    pub(crate) at: usize,
}

impl Reader {
    pub(crate) fn peek(&self) -> Option<&TokenTree> {
        self.trees.get(self.at)
    }

    pub(crate) fn here(&self) -> Span {
        self.peek()
            .or(self.trees.last())
            .map_or_else(Span::call_site, TokenTree::span)
    }

    pub(crate) fn attributes(&mut self) -> Vec<Attribute> {
        let mut attributes = Vec::new();
        while let (Some(pound), Some(brackets)) = (
            punct(self.peek(), '#'),
            group(self.trees.get(self.at + 1), Delimiter::Bracket),
        ) {
            attributes.push(Attribute::new(pound.clone(), brackets.clone()));
            self.at += 2;
        }
        attributes
    }

    pub(crate) fn visibility(&mut self) -> TokenStream {
        let start = self.at;
        if is_ident(self.peek(), "pub") {
            self.at += 1;
            if group(self.peek(), Delimiter::Parenthesis).is_some() {
                self.at += 1;
            }
        }
        stream(&self.trees[start..self.at])
    }

    fn generics(&mut self) -> TokenStream {
        let start = self.at;
        let mut depth = 0_usize;
        while let Some(tree) = self.peek() {
            if group(Some(tree), Delimiter::Parenthesis).is_some() && depth == 0 {
                break;
            }
            if is_punct(Some(tree), '<') {
                depth += 1;
            }
            if is_punct(Some(tree), '>') && !is_punct(self.trees.get(self.at.wrapping_sub(1)), '-')
            {
                depth = depth.saturating_sub(1);
            }
            self.at += 1;
        }
        stream(&self.trees[start..self.at])
    }

    fn output(&mut self) -> Option<TokenStream> {
        if !is_punct(self.peek(), '-') || !is_punct(self.trees.get(self.at + 1), '>') {
            return None;
        }
        self.at += 2;
        Some(self.until_body())
    }

    /// Up to a `where`, the body or the semicolon; past the `where` it starts with, if it does.
    fn until_body(&mut self) -> TokenStream {
        let start = self.at;
        while let Some(tree) = self.peek() {
            let where_begins = is_ident(Some(tree), "where") && self.at > start;
            // A brace within angle brackets is a const argument, not the body; the body is the last tree.
            let body =
                group(Some(tree), Delimiter::Brace).is_some() && self.at + 1 == self.trees.len();
            if where_begins || body || is_punct(Some(tree), ';') {
                break;
            }
            self.at += 1;
        }
        stream(&self.trees[start..self.at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[test]
    fn a_head_is_split_into_its_parts() {
        let function = Function::parse(quote! {
            /// Docs.
            #[inline]
            pub(crate) async fn user(mut id: u64, State(db): State<Map<K, V>>) -> Result<Json<User>, E> { let x = ; }
        });
        let Ok(function) = function else {
            panic!("a function")
        };
        assert_eq!(function.attributes.len(), 2);
        assert_eq!(function.name, "user");
        assert_eq!(function.inputs.len(), 2);
        assert_eq!(
            function.inputs[0]
                .name()
                .map(ToString::to_string)
                .as_deref(),
            Some("id")
        );
        assert!(function.inputs[1].name().is_none());
        assert_eq!(
            function.output.map(|ty| ty.to_string()).as_deref(),
            Some("Result < Json < User > , E >")
        );
        assert!(function.asyncness.is_some() && function.bodyless.is_none());
    }

    #[test]
    fn what_is_not_a_function_is_refused() {
        assert!(
            Function::parse(quote!(
                struct User;
            ))
            .is_err()
        );
        assert!(Function::parse(quote!(impl User { fn a() {} })).is_err());
    }

    #[test]
    fn generics_and_where_clauses_are_kept_apart() {
        let function = Function::parse(quote!(
            async fn f<T: Fn(A) -> B>(t: T) -> T
            where
                T: Send,
            {
            }
        ));
        let Ok(function) = function else {
            panic!("a function")
        };
        assert!(!function.generics.is_empty());
        assert_eq!(function.where_clause.to_string(), "where T : Send ,");
        assert_eq!(function.inputs.len(), 1);
    }
}
