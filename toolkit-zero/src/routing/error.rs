//! Why a change of the route table was refused.

use http::Method;

use super::{Origin, PatternError};

/// Why a change of the route table was refused. Nothing of the change was published.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RouteError {
    /// Another route already answers this method on an equal pattern.
    #[error(
        "{method} {pattern} is declared at {existing} and again at {added}{}\n= help: change one pattern, remove one of the two, or swap them with `replace`",
        renamed(pattern, existing_pattern)
    )]
    #[non_exhaustive]
    Conflict {
        /// The method both answer.
        method: Method,
        /// The pattern of the route that was refused.
        pattern: String,
        /// The pattern of the route that is there; captures may have other names.
        existing_pattern: String,
        /// Where the route that is there was declared.
        existing: Origin,
        /// Where the route that was refused was declared.
        added: Origin,
    },
    /// The pattern cannot be parsed.
    #[error("the route declared at {origin} has a pattern that cannot be used: {source}")]
    #[non_exhaustive]
    Pattern {
        /// Where the route was declared.
        origin: Origin,
        /// What is wrong with its pattern.
        source: PatternError,
    },
    /// A handler takes a state that the server was not given.
    #[error(
        "{method} {pattern}, declared at {origin}, needs `State<{state}>`, but no `{state}` was given{}\n= help: add `.state(value)` to the server",
        close(state, given)
    )]
    #[non_exhaustive]
    MissingState {
        /// A method of the route.
        method: Method,
        /// Its pattern.
        pattern: String,
        /// Where it was declared.
        origin: Origin,
        /// The type that is missing.
        state: &'static str,
        /// The types that were given.
        given: Vec<&'static str>,
    },
    /// There is no such route.
    #[error("no route answers {method} {pattern}{}", if others.is_empty() { String::new() } else { format!("; this pattern has {}", super::names_of(others)) })]
    #[non_exhaustive]
    NotFound {
        /// The method that was asked for.
        method: Method,
        /// The pattern that was asked for.
        pattern: String,
        /// The methods that this pattern does have.
        others: Vec<Method>,
    },
    /// The pattern given to `disable`, `enable` or `remove` cannot be parsed.
    #[error("`{text}` is not a pattern: {source}")]
    #[non_exhaustive]
    NoPattern {
        /// What was given.
        text: String,
        /// What is wrong with it.
        source: PatternError,
    },
    /// A writer of `Routes` was called inside `Routes::update`.
    #[error(
        "the route table is already being changed by this thread; inside `update` use the `Batch` it gives you"
    )]
    Nested,
}

fn renamed(added: &str, existing: &str) -> String {
    if added == existing {
        String::new()
    } else {
        format!(" (as `{existing}`: captures of other names match the same paths)")
    }
}

/// Names a given type that was probably meant: one that holds the missing type, or that the missing type holds.
pub(crate) fn close(missing: &str, given: &[&'static str]) -> String {
    let last = |name: &str| {
        name.rsplit("::")
            .next()
            .unwrap_or(name)
            .trim_end_matches('>')
            .to_owned()
    };
    let meant = given.iter().find(|name| {
        name.contains(missing) || missing.contains(**name) || last(name) == last(missing)
    });
    meant.map_or_else(String::new, |name| format!("; you gave `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::close;

    #[test]
    fn a_state_given_behind_a_pointer_is_named() {
        assert_eq!(
            close("app::Db", &["u32", "alloc::sync::Arc<app::Db>"]),
            "; you gave `alloc::sync::Arc<app::Db>`"
        );
        assert_eq!(close("app::Db", &["u32"]), "");
    }
}
