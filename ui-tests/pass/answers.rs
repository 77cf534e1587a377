//! Every shape that an answer is written in, and names that are not what they say.
#![allow(dead_code)]

use toolkit_zero::prelude::*;
use toolkit_zero::reply::{IntoResponse, Response};

type Answer<T, E = Problem> = std::result::Result<T, E>;
type Page = (StatusCode, Json<u8>);

mod own {
    use super::*;

    /// Called as the one of the standard library, and another.
    pub struct Result<A, B>(pub A, pub B);

    impl<A, B> IntoResponse for Result<A, B> {
        fn into_response(self) -> Response {
            "mine".into_response()
        }
    }

    #[get("/own")]
    pub async fn by_path() -> self::Result<*const u8, fn()> {
        unreachable!()
    }
}

#[get("/result")]
async fn result() -> Result<Json<u8>, Problem> {
    Ok(Json(1))
}

#[get("/result/of/std")]
async fn result_of_std() -> std::result::Result<Json<u8>, (StatusCode, String)> {
    Ok(Json(1))
}

#[get("/result/of/a/tuple")]
async fn result_of_a_tuple() -> Result<(StatusCode, Json<u8>), Problem> {
    Ok((StatusCode::CREATED, Json(1)))
}

#[get("/result/of/an/option")]
async fn result_of_an_option() -> Result<Option<Json<u8>>, Problem> {
    Ok(None)
}

#[get("/alias")]
async fn alias() -> Answer<Json<u8>> {
    Ok(Json(1))
}

#[get("/alias/of/two")]
async fn alias_of_two() -> Answer<Page, StatusCode> {
    Err(StatusCode::CONFLICT)
}

#[get("/option")]
async fn option() -> Option<Json<u8>> {
    None
}

#[get("/pair")]
async fn pair() -> (u16, Json<u8>) {
    (201, Json(1))
}

#[get("/fields")]
async fn fields() -> ([(&'static str, String); 2], Json<u8>) {
    ([("x-a", String::new()), ("x-b", String::new())], Json(1))
}

#[get("/map")]
async fn map() -> (HeaderMap, ()) {
    (HeaderMap::new(), ())
}

#[get("/triple")]
async fn triple() -> (StatusCode, [(&'static str, &'static str); 1], Page) {
    (StatusCode::OK, [("x-a", "b")], (StatusCode::CREATED, Json(1)))
}

#[get("/nested")]
async fn nested() -> (StatusCode, (HeaderMap, Result<Json<u8>, Problem>)) {
    (StatusCode::OK, (HeaderMap::new(), Ok(Json(1))))
}

#[get("/boxed")]
async fn boxed() -> Box<Json<u8>> {
    Box::new(Json(1))
}

#[get("/blocking", blocking)]
fn blocking() -> Result<(StatusCode, Json<u8>), Problem> {
    Ok((StatusCode::CREATED, Json(1)))
}

#[get("/hidden")]
async fn hidden() -> Result<impl IntoResponse, Problem> {
    Ok("text")
}

macro_rules! answer {
    ($name:ident $path:literal $answer:ty) => {
        #[get($path)]
        async fn $name() -> $answer {
            Default::default()
        }
    };
}

answer!(made "/made" Option<Json<u8>>);

fn main() {
    assert_eq!(routes_of!(triple).len(), 1);
}
