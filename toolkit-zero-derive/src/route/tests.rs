use super::*;

/// The messages that an attribute on an item leaves behind.
fn refusals(name: &str, arguments: TokenStream, item: TokenStream) -> Vec<String> {
    let text = attribute(name, arguments, item).to_string();
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

fn expanded(name: &str, arguments: TokenStream, item: TokenStream) -> String {
    let text = attribute(name, arguments, item).to_string();
    assert!(!text.contains("compile_error"), "{text}");
    text
}

fn handler() -> TokenStream {
    quote!(
        async fn user() {}
    )
}

#[test]
fn the_function_is_left_as_it_is() {
    let function = quote!(
        /// Docs.
        #[inline]
        pub async fn user(id: u64) -> String {
            let half = ;
        }
    );
    let text = expanded("get", quote!("/users/{id}"), function.clone());
    assert!(text.starts_with(&function.to_string()), "{text}");
}

#[test]
fn a_capture_is_bound_by_name_wherever_it_stands() {
    let text = expanded(
        "get",
        quote!("/{a}/{*rest}"),
        quote!(
            async fn f(q: Query<Page>, rest: Vec<String>, mut a: u64) {}
        ),
    );
    let call = "handler3 :: < Query < Page > , __p :: Rest < 1usize , Vec < String > > , __p :: Capture < 0usize , u64 > , () , _ >";
    assert!(text.contains(call), "{text}");
    assert!(
        text.contains("| a0 , __p :: Rest (a1) , __p :: Capture (a2) | f (a0 , a1 , a2)"),
        "{text}"
    );
}

#[test]
fn a_prefix_is_counted_and_kept_apart() {
    let inherited = quote!(@routes { prefix "/t/{tenant}", tag "t", layer 1 L, });
    let text = expanded(
        "get",
        quote!(#inherited "/{id}"),
        quote!(
            async fn f(id: u64, tenant: String) {}
        ),
    );
    assert!(
        text.contains("__p :: Capture < 1usize , u64 > , __p :: Capture < 0usize , String >"),
        "{text}"
    );
    assert!(
        text.contains(r#". prefix ("/t/{tenant}")"#) && text.contains(r#""/{id}" , __handle"#),
        "{text}"
    );
    assert!(text.contains(". layers (& [& super :: L ,])"), "{text}");
}

#[test]
fn an_answer_without_a_name_is_inferred() {
    for output in [
        quote!(impl IntoResponse),
        quote!(Result<impl A, B>),
        quote!(&str),
        quote!(Cow<'_, str>),
    ] {
        let text = expanded("get", quote!("/"), quote!(async fn f() -> #output {}));
        assert!(
            text.contains("handler0 :: < _ , _ >") && !text.contains("Answer <"),
            "{text}"
        );
    }
    let text = expanded(
        "get",
        quote!("/"),
        quote!(
            async fn f() -> &'static str {}
        ),
    );
    assert!(text.contains("handler0 :: < & 'static str , _ >"), "{text}");
}

#[test]
fn options_become_calls() {
    let text = expanded(
        "post",
        quote!(
            "/",
            name = "n",
            tag = "t",
            body_limit = "1KiB",
            timeout = "2s",
            on_disconnect = "finish",
            allow_body,
            status = 201,
            layer = a::<B, C>(d),
            layer = e
        ),
        handler(),
    );
    for call in [
        ". name (\"n\")",
        ". tag (\"t\")",
        ". body_limit (1024u64)",
        ". timeout_ms (2000u64)",
        ". cancel_on_disconnect (false)",
        ". allow_body ()",
        ". status (201u16)",
        ". layers (& [& __LAYER_0 , & __LAYER_1 ,])",
        "erase_layer (a :: < B , C > (d))",
    ] {
        assert!(text.contains(call), "{call} in {text}");
    }
}

#[test]
fn several_attributes_are_several_routes() {
    let text = expanded(
        "get",
        quote!("/a"),
        quote!(
            #[post("/b")]
            #[toolkit_zero::get("/c")]
            async fn f() {}
        ),
    );
    assert_eq!(text.matches("static __DEF").count(), 3);
    assert_eq!(text.matches("struct __url_of_f").count(), 1);
    assert!(
        text.contains("Url :: several") && !text.contains("# [post"),
        "{text}"
    );
}

#[test]
fn conditions_are_copied_to_what_is_generated() {
    let text = expanded(
        "get",
        quote!("/a"),
        quote!(
            #[cfg(unix)]
            #[cfg_attr(x, post("/b"))]
            async fn f() {}
        ),
    );
    assert_eq!(text.matches("# [cfg (unix)]").count(), 5, "{text}");
    assert_eq!(text.matches("# [cfg (x)]").count(), 1, "{text}");
}

#[test]
fn a_path_argument_takes_all_captures() {
    expanded(
        "get",
        quote!("/{a}/{b}"),
        quote!(
            async fn f(Path(p): Path<(u64, String)>) {}
        ),
    );
    expanded(
        "get",
        quote!("/{id}"),
        quote!(
            async fn f(id: extract::Path<u64>) {}
        ),
    );
    expanded("get", quote!("/{_id}"), handler());
}

#[test]
fn raw_identifiers_are_names() {
    let text = expanded(
        "get",
        quote!("/{id}"),
        quote!(
            async fn r#type(r#id: u64) {}
        ),
    );
    assert!(
        text.contains("__url_of_type") && text.contains("r#type (a0)"),
        "{text}"
    );
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
