#![expect(
    clippy::needless_pass_by_value,
    reason = "tables of quoted programs read better without borrows"
)]

use super::*;
use crate::collect::Unit;

fn expanded(arguments: TokenStream, item: TokenStream) -> String {
    let package = Package::at(None, Unit::default(), "app".to_owned());
    expand_for(&package, arguments, &item).to_string()
}

#[test]
fn every_form_has_its_call() {
    for (item, call) in [
        (
            quote!(
                async fn main() {}
            ),
            "entry :: run :: <",
        ),
        (
            quote!(
                async fn main(server: &mut Server) {}
            ),
            "entry :: run_configured :: <",
        ),
        (
            quote!(
                async fn main(bg: &mut server::BackgroundServer) {}
            ),
            "entry :: run_beside :: <",
        ),
        (
            quote!(
                async fn main(server: Server) -> Result<(), E> {}
            ),
            "entry :: run_by_hand :: <",
        ),
    ] {
        let text = expanded(quote!(), item);
        assert!(
            text.contains(call) && !text.contains("compile_error"),
            "{text}"
        );
    }
}

#[test]
fn options_reach_the_entry_and_the_mounts() {
    let text = expanded(
        quote!(addr = "0.0.0.0:80", workers = 4, crates(a_b, c = "/p")),
        quote!(
            async fn main() {}
        ),
    );
    for part in [
        r#"addr : "0.0.0.0:80""#,
        "Some (4usize)",
        "use :: a_b as _ ;",
        r#"package : "a-b" , prefix : "" , named : true"#,
        r#"package : "c" , prefix : "/p" , named : true"#,
        r#"package : "app" , prefix : "" , named : false"#,
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn mistakes_have_their_sentences() {
    for (arguments, item, sentence) in [
        (
            quote!(),
            quote!(
                fn main() {}
            ),
            "the `async` keyword is missing",
        ),
        (
            quote!(),
            quote!(
                async fn main(a: u8) {}
            ),
            "`main` takes nothing, `Server`",
        ),
        (
            quote!(),
            quote!(
                async fn main(s: &Server) {}
            ),
            "`main` takes nothing, `Server`",
        ),
        (
            quote!(),
            quote!(
                async fn start() {}
            ),
            "goes on `main`",
        ),
        (
            quote!(),
            quote!(
                struct Main;
            ),
            "goes on `main`",
        ),
        (
            quote!(),
            quote!(
                async fn main<T>() {}
            ),
            "`main` cannot be generic",
        ),
        (
            quote!(),
            quote!(
                async unsafe fn main() {}
            ),
            "`main` cannot be `unsafe`",
        ),
        (
            quote!(),
            quote!(
                #[tokio::main]
                async fn main() {}
            ),
            "only one of `#[tokio::main]` and `#[toolkit_zero::main]`",
        ),
        (
            quote!(flavor = "x"),
            quote!(
                async fn main() {}
            ),
            "unknown option `flavor`",
        ),
        (
            quote!(workers = 0),
            quote!(
                async fn main() {}
            ),
            "`workers` takes a positive integer",
        ),
        (
            quote!(addr = "localhost"),
            quote!(
                async fn main() {}
            ),
            "`localhost` is not a socket address",
        ),
        (
            quote!(link = 1),
            quote!(
                async fn main() {}
            ),
            "`link` takes `true` or `false`",
        ),
        (
            quote!(crates(a = "/{x}")),
            quote!(
                async fn main() {}
            ),
            "the prefix of a crate cannot have captures",
        ),
        (
            quote!(crates = "a"),
            quote!(
                async fn main() {}
            ),
            "`crates` needs a value",
        ),
    ] {
        let text = expanded(arguments, item);
        assert!(text.contains(sentence), "{sentence} in {text}");
        assert_eq!(text.matches("compile_error").count(), 1, "{text}");
    }
}
