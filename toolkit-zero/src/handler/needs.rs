//! What the arguments of an annotated handler need: one function for each list of types, shared by the routes that have it.

#![allow(
    missing_docs,
    unused_variables,
    reason = "called by expansions only; a handler without arguments needs nothing"
)]

use crate::extract::{Extractor, FromRequest, Meta};

/// Fails in a constant when two arguments take the body.
///
/// Where the attribute suspects it, a check of its own has `told` which arguments they are; this sees through names that lie.
#[track_caller]
const fn one_body(told: bool, takers: usize) {
    assert!(
        takers <= 1 || told,
        "a handler reads the request body twice\n= help: keep one of the arguments that take it"
    );
}

macro_rules! needs {
    // The bounds are written at the call, so that what rustc shows of them is a line that can be read.
    ($($needs:ident $describe:ident ($($T:ident: [$($bound:tt)+] $F:ident),*);)+) => { $(
        fn $describe<$($T: FromRequest),*>(meta: &mut Meta) {
            $($T::describe(meta);)*
        }

        #[track_caller]
        pub const fn $needs<$($T: $($bound)+, const $F: bool),*>(told: bool) -> fn(&mut Meta) {
            one_body(told, 0 $(+ $T::TAKES_BODY as usize)*);
            $describe::<$($T),*>
        }
    )+ };
}

needs! {
    needs_of_no_arguments describe0 ();
    needs_of_one_argument describe1 (A0: [Extractor<F0>] F0);
    needs_of_two_arguments describe2 (A0: [Extractor<F0>] F0, A1: [Extractor<F1>] F1);
    needs_of_three_arguments describe3 (A0: [Extractor<F0>] F0, A1: [Extractor<F1>] F1, A2: [Extractor<F2>] F2);
    needs_of_four_arguments describe4 (A0: [Extractor<F0>] F0, A1: [Extractor<F1>] F1, A2: [Extractor<F2>] F2, A3: [Extractor<F3>] F3);
    needs_of_five_arguments describe5 (
        A0: [Extractor<F0>] F0, A1: [Extractor<F1>] F1, A2: [Extractor<F2>] F2, A3: [Extractor<F3>] F3, A4: [Extractor<F4>] F4
    );
    needs_of_six_arguments describe6 (
        A0: [Extractor<F0>] F0, A1: [Extractor<F1>] F1, A2: [Extractor<F2>] F2, A3: [Extractor<F3>] F3, A4: [Extractor<F4>] F4,
        A5: [Extractor<F5>] F5
    );
    needs_of_seven_arguments describe7 (
        A0: [Extractor<F0>] F0, A1: [Extractor<F1>] F1, A2: [Extractor<F2>] F2, A3: [Extractor<F3>] F3, A4: [Extractor<F4>] F4,
        A5: [Extractor<F5>] F5, A6: [Extractor<F6>] F6
    );
    needs_of_eight_arguments describe8 (
        A0: [Extractor<F0>] F0, A1: [Extractor<F1>] F1, A2: [Extractor<F2>] F2, A3: [Extractor<F3>] F3, A4: [Extractor<F4>] F4,
        A5: [Extractor<F5>] F5, A6: [Extractor<F6>] F6, A7: [Extractor<F7>] F7
    );
    needs_of_nine_arguments describe9 (
        A0: [Extractor<F0>] F0, A1: [Extractor<F1>] F1, A2: [Extractor<F2>] F2, A3: [Extractor<F3>] F3, A4: [Extractor<F4>] F4,
        A5: [Extractor<F5>] F5, A6: [Extractor<F6>] F6, A7: [Extractor<F7>] F7, A8: [Extractor<F8>] F8
    );
    needs_of_ten_arguments describe10 (
        A0: [Extractor<F0>] F0, A1: [Extractor<F1>] F1, A2: [Extractor<F2>] F2, A3: [Extractor<F3>] F3, A4: [Extractor<F4>] F4,
        A5: [Extractor<F5>] F5, A6: [Extractor<F6>] F6, A7: [Extractor<F7>] F7, A8: [Extractor<F8>] F8, A9: [Extractor<F9>] F9
    );
    needs_of_eleven_arguments describe11 (
        A0: [Extractor<F0>] F0, A1: [Extractor<F1>] F1, A2: [Extractor<F2>] F2, A3: [Extractor<F3>] F3, A4: [Extractor<F4>] F4,
        A5: [Extractor<F5>] F5, A6: [Extractor<F6>] F6, A7: [Extractor<F7>] F7, A8: [Extractor<F8>] F8, A9: [Extractor<F9>] F9,
        A10: [Extractor<F10>] F10
    );
    needs_of_twelve_arguments describe12 (
        A0: [Extractor<F0>] F0, A1: [Extractor<F1>] F1, A2: [Extractor<F2>] F2, A3: [Extractor<F3>] F3, A4: [Extractor<F4>] F4,
        A5: [Extractor<F5>] F5, A6: [Extractor<F6>] F6, A7: [Extractor<F7>] F7, A8: [Extractor<F8>] F8, A9: [Extractor<F9>] F9,
        A10: [Extractor<F10>] F10, A11: [Extractor<F11>] F11
    );
}
