use super::*;

fn expanded(name: &str, arguments: TokenStream, item: TokenStream) -> String {
    let text = attribute(name, arguments, &item).to_string();
    assert!(!text.contains("compile_error"), "{text}");
    text
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
    let call = "three_arguments :: < Query < Page > , __p :: Rest < 1usize , Vec < String > > , __p :: Capture < 0usize , u64 > , () , _ , __p :: One < false > >";
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
        text.contains(r#". prefix ("/t/{tenant}")"#) && text.contains(r#""/{id}" , | request |"#),
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
            text.contains("no_arguments :: < _ , _ , __p :: One < false > >"),
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
    assert!(
        text.contains("no_arguments :: < & 'static str , _ , __p :: One < false > >"),
        "{text}"
    );
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
    assert_eq!(text.matches("static ROUTE").count(), 3);
    assert_eq!(
        text.matches("enum url_wants_the_path_where_it_is_declared_f")
            .count(),
        1
    );
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
    assert_eq!(text.matches("# [cfg (unix)]").count(), 2, "{text}");
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
        text.contains("url_wants_the_path_where_it_is_declared_type")
            && text.contains("r#type (a0)"),
        "{text}"
    );
}
