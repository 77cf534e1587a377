#![expect(
    clippy::needless_pass_by_value,
    reason = "tables of quoted programs read better without borrows"
)]

use super::*;

fn expanded(arguments: TokenStream, item: TokenStream) -> String {
    let text = attribute(arguments, &item).to_string();
    assert!(!text.contains("compile_error"), "{text}");
    text
}

#[test]
fn routes_learn_the_prefix_at_every_depth() {
    let text = expanded(
        quote!("/api", layer = limit()),
        quote!(
            pub mod users {
                #[get("/a")]
                async fn a() {}
                mod inner {
                    #[toolkit_zero::post("/b")]
                    async fn b() {}
                }
            }
        ),
    );
    assert!(
        text.contains(
            r#"# [get (@ routes { prefix "/api" , layer 1 __LAYER_0_OF_users , } "/a")]"#
        ),
        "{text}"
    );
    assert!(
        text.contains(r#"post (@ routes { prefix "/api" , layer 2 __LAYER_0_OF_users , } "/b")"#),
        "{text}"
    );
    assert!(
        text.contains("static __LAYER_0_OF_users") && text.contains("Group :: new"),
        "{text}"
    );
}

#[test]
fn a_nested_module_adds_to_what_it_inherits() {
    let text = expanded(
        quote!("/api", tag = "x"),
        quote!(
            mod users {
                #[routes("/v1")]
                mod v1 {
                    #[get("/")]
                    async fn a() {}
                }
            }
        ),
    );
    assert!(
        text.contains(r#"# [routes (@ routes { prefix "/api" , tag "x" , } "/v1")]"#),
        "{text}"
    );
    // The inner attribute does the rest when its turn comes.
    assert!(text.contains(r#"# [get ("/")]"#), "{text}");
    let inner = quote!(@routes { prefix "/api", tag "x", layer 1 L, });
    let text = expanded(
        quote!(#inner "/v1", tag = "y"),
        quote!(
            mod v1 {
                #[get("/")]
                async fn a() {}
            }
        ),
    );
    assert!(
        text.contains(r#"get (@ routes { prefix "/api/v1" , tag "y" , layer 2 L , } "/")"#),
        "{text}"
    );
}

#[test]
fn macros_and_strangers_are_left_alone() {
    let text = expanded(
        quote!("/api"),
        quote!(
            mod users {
                macro_rules! m {
                    ($p:literal) => {
                        #[get($p)]
                        async fn f() {}
                    };
                }
                m! { #[get("/x")] }
                #[other::get("/y")]
                #[cfg_attr(unix, get("/z"), inline)]
                async fn g() {}
            }
        ),
    );
    assert!(
        text.contains("# [get ($ p)]") && text.contains(r#"# [get ("/x")]"#),
        "{text}"
    );
    assert!(text.contains(r#"# [other :: get ("/y")]"#), "{text}");
    assert!(
        text.contains(r#"cfg_attr (unix , get (@ routes { prefix "/api" , } "/z") , inline)"#),
        "{text}"
    );
}

#[test]
fn what_is_no_inline_module_is_refused() {
    for (arguments, item, sentence) in [
        (
            quote!("/a"),
            quote!(
                mod users;
            ),
            "cannot see into `mod users;`",
        ),
        (
            quote!("/a"),
            quote!(
                fn f() {}
            ),
            "`#[routes]` goes on an inline module",
        ),
        (
            quote!("/a/"),
            quote!(
                mod users {}
            ),
            "a prefix does not end with `/`",
        ),
        (
            quote!("/{*rest}"),
            quote!(
                mod users {}
            ),
            "a prefix cannot take the remainder",
        ),
        (
            quote!("/a", "/b"),
            quote!(
                mod users {}
            ),
            "a module has one prefix",
        ),
        (
            quote!("/a", name = "x"),
            quote!(
                mod users {}
            ),
            "unknown option `name`",
        ),
        (
            quote!(@routes { prefix "/{id}", } "/{id}"),
            quote!(
                mod users {}
            ),
            "path parameter `{id}` appears twice",
        ),
    ] {
        let text = attribute(arguments, &item).to_string();
        assert!(text.contains(sentence), "{sentence} in {text}");
    }
}
