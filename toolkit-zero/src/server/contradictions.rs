//! Limits that contradict each other: what one allows, another never lets happen.

use super::{Fault, LimitValues};
use crate::routing::Origin;

/// A fault for each pair, at the call that set them.
pub(super) fn contradictions(
    limits: &LimitValues,
    origin: Option<Origin>,
) -> impl Iterator<Item = Fault> {
    let (body, buffered) = (limits.body(), limits.buffered());
    let (target, head) = (limits.target(), limits.head());
    let body = (body > buffered).then(|| {
        Fault::new(
            format!(
                "a body may have {body} bytes (`body`), and all bodies together {buffered} (`buffered`): \
                 larger ones would always be told to come again later"
            ),
            "raise `buffered`, or give the larger limit to the routes that stream: `body_limit`",
        )
    });
    let target = (target > head).then(|| {
        Fault::new(
            format!(
                "a target may have {target} bytes (`target`), and the whole head {head} (`head`)"
            ),
            "raise `head` above `target`",
        )
    });
    let nobody = (limits.connections() == 0).then(|| {
        Fault::new(
            "no connection may be served (`connections`)",
            "set `connections` to 1 at least",
        )
    });
    let faults = body.into_iter().chain(target).chain(nobody);
    faults.map(move |fault| match origin {
        Some(origin) => fault.at(origin, "set here"),
        None => fault,
    })
}
