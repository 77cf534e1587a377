//! What went wrong, gathered: one expansion reports everything it can see.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Error;

use crate::syntax::function::Function;

/// The mistakes of one item.
#[derive(Default)]
pub(crate) struct Diagnostics {
    errors: Option<Error>,
}

impl Diagnostics {
    /// A mistake at one token.
    pub(crate) fn push(&mut self, span: Span, message: impl Display) {
        self.add(Error::new(span, message));
    }

    /// A mistake that all of `tokens` make.
    pub(crate) fn push_over(&mut self, tokens: &impl ToTokens, message: impl Display) {
        self.add(Error::new_spanned(tokens, message));
    }

    fn add(&mut self, error: Error) {
        match &mut self.errors {
            Some(errors) => errors.combine(error),
            None => self.errors = Some(error),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_none()
    }

    /// The errors beside the function, which goes on existing so that its callers are not wrong as well.
    ///
    /// rustc shall add nothing: what makes the function a test or another entry point is dropped, and an `async fn main`
    /// stands within one that is not.
    pub(crate) fn beside(self, mut function: Function) -> TokenStream {
        let errors = self.into_tokens();
        function.own_its_arguments();
        let entry = |name: &str| matches!(name, "main" | "test");
        function
            .attributes
            .retain(|attribute| !entry(&attribute.name()));
        if function.name == "main" && function.asyncness.is_some() {
            return quote! {
                fn main() {
                    #[allow(dead_code)]
                    #function
                }
                #errors
            };
        }
        quote!(#function #errors)
    }

    /// The `compile_error!`s, to stand beside the user's item.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.errors
            .map(Error::into_compile_error)
            .unwrap_or_default()
    }
}

/// A sentence and its remedy, as rustc would print them.
pub(crate) fn with_help(message: impl Display, help: impl Display) -> String {
    format!("{message}\n= help: {help}")
}

/// What to say to a name that is none of `known`: the nearest one, else all of them.
pub(crate) fn did_you_mean(given: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .map(|candidate| (distance(given, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 2 && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance);
    let within = || {
        let mut longer = known.iter().filter(|candidate| candidate.len() > 2);
        let found = longer.find(|candidate| given.starts_with(**candidate));
        found.map(|candidate| (0, candidate))
    };
    match nearest.or_else(within) {
        Some((_, candidate)) => format!("did you mean `{candidate}`?"),
        None => format!("it takes {}", listed(known)),
    }
}

/// `a`, `b` and `c`, each in backquotes.
pub(crate) fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// Damerau and Levenshtein's distance, with adjacent letters swapped at the price of one.
pub(crate) fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut rows = vec![vec![0_usize; right.len() + 1]; left.len() + 1];
    for (at, row) in rows.iter_mut().enumerate() {
        row[0] = at;
    }
    rows[0] = (0..=right.len()).collect();
    for l in 1..=left.len() {
        for r in 1..=right.len() {
            let change = usize::from(left[l - 1] != right[r - 1]);
            let mut best = (rows[l - 1][r] + 1)
                .min(rows[l][r - 1] + 1)
                .min(rows[l - 1][r - 1] + change);
            if l > 1 && r > 1 && left[l - 1] == right[r - 2] && left[l - 2] == right[r - 1] {
                best = best.min(rows[l - 2][r - 2] + 1);
            }
            rows[l][r] = best;
        }
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_is_one_step() {
        assert_eq!(distance("nmae", "name"), 1);
        assert_eq!(distance("", "name"), 4);
    }

    #[test]
    fn the_nearest_name_is_offered_else_all() {
        assert_eq!(
            did_you_mean("nmae", &["name", "tag"]),
            "did you mean `name`?"
        );
        assert_eq!(
            did_you_mean("colour", &["name", "tag"]),
            "it takes `name` and `tag`"
        );
        assert_eq!(did_you_mean("x", &["tag"]), "it takes `tag`");
    }
}
