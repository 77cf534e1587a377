use super::*;

/// The messages that an attribute on an item leaves behind.
fn refusals(name: &str, arguments: TokenStream, item: TokenStream) -> Vec<String> {
    let text = attribute(name, arguments, &item).to_string();
    let parts = text.split("compile_error ! { ").skip(1);
    parts
        .map(|part| {
            let end = part.find("\" }").unwrap_or(part.len());
            part[1..end].replace("\\n", "\n").replace("\\\"", "\"")
        })
        .collect()
}

fn first_lines(name: &str, arguments: TokenStream, item: TokenStream) -> Vec<String> {
    let refusals = refusals(name, arguments, item);
    refusals
        .iter()
        .filter_map(|refusal| refusal.lines().next().map(str::to_owned))
        .collect()
}

#[test]
fn everything_wrong_is_told_at_once() {
    let lines = first_lines(
        "get",
        quote!("/{a}", nmae = "x", status = 700),
        quote!(
            fn f<T>(b: &str, self) where T: Send {}
        ),
    );
    assert_eq!(lines.len(), 8, "{lines:?}");
}

#[test]
fn mistakes_in_the_attribute_have_their_sentences() {
    for (name, arguments, line) in [
        ("get", quote!(), "missing path"),
        ("get", quote!(blocking), "missing path"),
        ("get", quote!(5), "the path must be a string literal"),
        ("get", quote!('/'), "the path must be a string literal"),
        ("get", quote!(true), "the path must be a string literal"),
        (
            "get",
            quote!(concat!("/", "a")),
            "the path must be a string literal",
        ),
        (
            "get",
            quote!(PATH),
            "the path must be a string literal, not a name",
        ),
        ("get", quote!("/a", "/b"), "a route has one path"),
        ("get", quote!(name = "x", "/a"), "the path comes first"),
        ("get", quote!("/", nmae = "x"), "unknown option `nmae`"),
        (
            "get",
            quote!("/", name = "a", name = "b"),
            "`name` is given twice",
        ),
        ("get", quote!("/", name), "`name` needs a value"),
        ("get", quote!("/", name = 3), "`name` takes a string"),
        (
            "get",
            quote!("/", status = "ok"),
            "`status` takes an integer",
        ),
        (
            "get",
            quote!("/", status = 700),
            "`700` is not an HTTP status",
        ),
        (
            "get",
            quote!("/", method = "POST"),
            "`#[get]` already fixes the method",
        ),
        ("get", quote!("/" name = "x"), "expected `,`"),
        ("get", quote!("/", name = "a" tag = "b"), "expected `,`"),
        (
            "get",
            quote!(b"/x"),
            "the path must be a plain string literal",
        ),
        (
            "get",
            quote!("/", body_limit = "2 potatoes"),
            "`2 potatoes` is not a size",
        ),
        ("get", quote!("/", timeout = "-1s"), "`-1s` is not a time"),
        (
            "get",
            quote!("/", on_disconnect = "ignore"),
            "`on_disconnect` takes `\"finish\"` or `\"cancel\"`",
        ),
        (
            "get",
            quote!("/", allow_body = true),
            "`allow_body` takes no value",
        ),
        ("get", quote!("/", crate = "x"), "`crate` takes a path"),
        ("get", quote!("users"), "a path must start with `/`"),
        ("route", quote!("/a"), "missing method"),
        ("route", quote!(get, "/a"), "`get` is not an HTTP method"),
        ("route", quote!(GET, GET, "/a"), "`GET` is given twice"),
        ("route", quote!(GET), "missing path"),
    ] {
        let shown = arguments.to_string();
        assert_eq!(first_lines(name, arguments, handler()), [line], "{shown}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn mistakes_in_the_head_have_their_sentences() {
    for (item, line) in [
        (
            quote!(
                fn f() {}
            ),
            "handler `f` must be `async`",
        ),
        (
            quote!(
                async fn f(&self) {}
            ),
            "a handler cannot take `self`",
        ),
        (
            quote!(
                async fn f(self: Arc<Self>) {}
            ),
            "a handler cannot take `self`",
        ),
        (
            quote!(
                async fn f(#[cfg(unix)] a: A) {}
            ),
            "`#[cfg]` on an argument is not supported",
        ),
        (
            quote!(
                async fn f<const N: usize>() {}
            ),
            "a handler cannot be generic: routes are collected at link time, before a type is chosen",
        ),
        (
            quote!(
                async fn f<'a>() {}
            ),
            "a handler cannot have lifetime parameters",
        ),
        (
            quote!(
                async fn f()
                where
                    A: B,
                {
                }
            ),
            "a handler cannot have a where clause",
        ),
        (
            quote!(
                async fn f(a: impl Into<A>) {}
            ),
            "a handler argument must be a concrete type",
        ),
        (
            quote!(
                async fn f(a: dyn A) {}
            ),
            "a handler argument must be a concrete type",
        ),
        (
            quote!(
                async fn f(a: [u8]) {}
            ),
            "a handler argument must be a concrete type",
        ),
        (
            quote!(
                async fn f(a: &mut Db) {}
            ),
            "a handler argument must be owned",
        ),
        (
            quote!(
                async fn f(a: Ref<'_, A>) {}
            ),
            "a handler argument must be owned",
        ),
        (
            quote!(
                async unsafe fn f() {}
            ),
            "a handler cannot be `unsafe`",
        ),
        (
            quote!(
                async extern "C" fn f() {}
            ),
            "a handler cannot have an ABI",
        ),
        (
            quote!(
                const fn f() {}
            ),
            "a handler cannot be `const`",
        ),
        (
            quote!(
                async fn f(a: ...) {}
            ),
            "a handler cannot be variadic",
        ),
        (
            quote!(
                struct User;
            ),
            "`#[get]` goes on an `async fn`",
        ),
        (
            quote!(
                async fn f();
            ),
            "a handler needs a body",
        ),
        (
            quote!(
                async fn main() {}
            ),
            "`main` cannot be a route",
        ),
        (
            quote!(
                #[get("/")]
                async fn f() {}
            ),
            "this route is declared twice",
        ),
        (
            quote!(
                #[tokio::test]
                async fn f() {}
            ),
            "a handler cannot also be a test",
        ),
        (
            quote!(
                async fn f(
                    a: A,
                    b: A,
                    c: A,
                    d: A,
                    e: A,
                    f: A,
                    g: A,
                    h: A,
                    i: A,
                    j: A,
                    k: A,
                    l: A,
                    m: A,
                ) {
                }
            ),
            "a handler takes at most 12 arguments",
        ),
    ] {
        let shown = item.to_string();
        assert_eq!(first_lines("get", quote!("/"), item), [line], "{shown}");
    }
}

#[test]
fn an_untaken_capture_offers_the_nearest_argument() {
    let help = |path: TokenStream, item: TokenStream| {
        let refusals = refusals("get", path, item);
        refusals
            .first()
            .and_then(|text| text.lines().last())
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(
        help(
            quote!("/{idd}"),
            quote!(
                async fn user(id: u64) {}
            )
        ),
        "= help: rename it to `{id}`, or add an argument `idd: T` to `user`"
    );
    assert_eq!(
        help(
            quote!("/{number}"),
            quote!(
                async fn user(id: u64, q: Query<A>) {}
            )
        ),
        "= help: did you mean the argument `id: u64`? write `{id}`"
    );
    assert_eq!(
        help(
            quote!("/{x}"),
            quote!(
                async fn user(_: u64) {}
            )
        ),
        "= help: name the argument `x`"
    );
    assert_eq!(
        help(quote!("/{x}"), handler()),
        "= help: add an argument `x: T` to `user`, or write `{_x}`"
    );
}
