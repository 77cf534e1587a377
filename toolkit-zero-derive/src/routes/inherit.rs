//! What a `#[routes]` module hands down to the attributes inside it.
//!
//! It travels as tokens before their own arguments: `@routes { .. }`, which no one writes by accident.

use proc_macro2::{Delimiter, Ident, Literal, TokenStream};
use quote::{ToTokens, quote};

use crate::names::Runtime;
use crate::options::Options;
use crate::pattern::Pattern;
use crate::syntax::attribute::Attribute;
use crate::syntax::text::{integer_of, string_of};
use crate::syntax::tokens::{
    Angles, flat, group, ident, is_ident, is_punct, split_at_commas, stream,
};

/// The sum of all modules around an attribute.
#[derive(Default, Clone)]
pub(crate) struct Inherited {
    /// Whether a module around it handed anything down, if only an empty prefix.
    pub(crate) seen: bool,
    pub(crate) prefix: String,
    pub(crate) tag: Option<String>,
    pub(crate) body_limit: Option<u64>,
    pub(crate) timeout_ms: Option<u64>,
    pub(crate) cancel_on_disconnect: Option<bool>,
    /// Outermost first.
    pub(crate) layers: Vec<LayerPath>,
    krate: Option<TokenStream>,
}

/// A layer of a module: a static so many modules up.
#[derive(Clone)]
pub(crate) struct LayerPath {
    pub(crate) up: usize,
    pub(crate) name: Ident,
}

impl ToTokens for LayerPath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        if self.up == 0 {
            tokens.extend(quote!(self::));
        }
        for _ in 0..self.up {
            tokens.extend(quote!(super::));
        }
        self.name.to_tokens(tokens);
    }
}

impl Inherited {
    /// Splits what a module put before the arguments from what the user wrote.
    pub(crate) fn take(arguments: TokenStream) -> (Self, TokenStream) {
        let trees = flat(arguments);
        let ours = is_punct(trees.first(), '@') && is_ident(trees.get(1), "routes");
        match group(trees.get(2), Delimiter::Brace) {
            Some(list) if ours => (Self::read(list.stream()), stream(&trees[3..])),
            _ => (Self::default(), stream(&trees)),
        }
    }

    fn read(list: TokenStream) -> Self {
        let mut inherited = Self {
            seen: true,
            ..Self::default()
        };
        let trees = flat(list);
        for piece in split_at_commas(&trees, Angles::OfExpressions) {
            let (Some(key), value) = (ident(piece.first()), piece.get(1..).unwrap_or_default())
            else {
                continue;
            };
            match key.to_string().as_str() {
                "prefix" => inherited.prefix = string_of(value.first()).unwrap_or_default(),
                "tag" => inherited.tag = string_of(value.first()),
                "body_limit" => inherited.body_limit = integer_of(value.first()),
                "timeout" => inherited.timeout_ms = integer_of(value.first()),
                "cancel" => inherited.cancel_on_disconnect = Some(is_ident(value.first(), "true")),
                "krate" => inherited.krate = Some(stream(value)),
                "layer" => {
                    if let (Some(up), Some(name)) = (integer_of(value.first()), ident(value.get(1)))
                    {
                        let up = usize::try_from(up).unwrap_or_default();
                        inherited.layers.push(LayerPath {
                            up,
                            name: name.clone(),
                        });
                    }
                }
                _ => {}
            }
        }
        inherited
    }

    /// The same, one module further in.
    pub(crate) fn deeper(&self) -> Self {
        let mut inner = self.clone();
        for layer in &mut inner.layers {
            layer.up += 1;
        }
        inner
    }

    /// What a module inside says on top; the inner word wins.
    pub(crate) fn with(&self, prefix: &str, options: &Options, layers: Vec<LayerPath>) -> Self {
        let mut sum = self.clone();
        if !prefix.is_empty() {
            sum.prefix = Pattern::join(&self.prefix, prefix);
        }
        sum.tag = options.tag.clone().or(sum.tag);
        sum.body_limit = options.body_limit.or(sum.body_limit);
        sum.timeout_ms = options.timeout_ms.or(sum.timeout_ms);
        sum.cancel_on_disconnect = options.cancel_on_disconnect.or(sum.cancel_on_disconnect);
        sum.krate = options.krate.clone().or(sum.krate);
        sum.layers.extend(layers);
        sum
    }

    /// The options of a route with what it inherits filled in.
    pub(crate) fn fill(&self, options: &mut Options) {
        options.tag = options.tag.take().or_else(|| self.tag.clone());
        options.body_limit = options.body_limit.or(self.body_limit);
        options.timeout_ms = options.timeout_ms.or(self.timeout_ms);
        options.cancel_on_disconnect = options.cancel_on_disconnect.or(self.cancel_on_disconnect);
        options.krate = options.krate.take().or_else(|| self.krate.clone());
    }

    /// Is the attribute written as ours are: alone, or behind the path of the framework, renamed or not?
    pub(crate) fn knows(&self, attribute: &Attribute) -> bool {
        let renamed = || {
            let last = self.krate.clone()?.into_iter().last()?.to_string();
            let before = attribute.path.iter().rev().nth(1)?;
            Some(*before == last)
        };
        attribute.may_be_ours() || renamed() == Some(true)
    }

    /// Whether a route that does not inherit loses more than a prefix.
    pub(crate) fn has_options(&self) -> bool {
        !self.layers.is_empty()
            || self.tag.is_some()
            || self.body_limit.is_some()
            || self.timeout_ms.is_some()
            || self.cancel_on_disconnect.is_some()
    }

    pub(crate) fn runtime(&self) -> Runtime {
        Runtime::at(self.krate.clone())
    }
}

impl ToTokens for Inherited {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            seen: _,
            prefix,
            tag,
            body_limit,
            timeout_ms,
            cancel_on_disconnect,
            layers,
            krate,
        } = self;
        let tag = tag.iter();
        let body_limit = body_limit
            .iter()
            .map(|bytes| Literal::u64_unsuffixed(*bytes));
        let timeout = timeout_ms.iter().map(|time| Literal::u64_unsuffixed(*time));
        let cancel = cancel_on_disconnect.iter();
        let up = layers
            .iter()
            .map(|layer| Literal::usize_unsuffixed(layer.up));
        let name = layers.iter().map(|layer| &layer.name);
        let krate = krate.iter();
        tokens.extend(quote! {
            @routes {
                prefix #prefix,
                #(tag #tag,)*
                #(body_limit #body_limit,)*
                #(timeout #timeout,)*
                #(cancel #cancel,)*
                #(layer #up #name,)*
                #(krate #krate,)*
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::format_ident;

    #[test]
    fn what_is_handed_down_is_read_back() {
        let options = Options {
            tag: Some("t".to_owned()),
            body_limit: Some(5),
            cancel_on_disconnect: Some(false),
            ..Options::default()
        };
        let layer = LayerPath {
            up: 0,
            name: format_ident!("LAYER"),
        };
        let sum = Inherited::default()
            .with("/api", &options, vec![layer])
            .deeper();
        let (read, rest) = Inherited::take(quote!(#sum "/users", name = "x"));
        assert_eq!(rest.to_string(), quote!("/users", name = "x").to_string());
        assert_eq!(
            read.to_token_stream().to_string(),
            sum.to_token_stream().to_string()
        );
        assert_eq!(
            read.layers[0].to_token_stream().to_string(),
            "super :: LAYER"
        );
        assert_eq!(read.cancel_on_disconnect, Some(false));
    }

    #[test]
    fn what_the_user_wrote_is_left_alone() {
        let (none, rest) = Inherited::take(quote!("/users"));
        assert!(none.prefix.is_empty());
        assert_eq!(rest.to_string(), "\"/users\"");
    }
}
