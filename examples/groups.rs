//! Routes in groups: prefixes and options that are inherited, what answers where no route matches, and one shape for refusals.
//!
//! ```text
//! $ curl -s http://127.0.0.1:8080/api/v1/users/7
//! {"id":7}
//! $ curl -s -L http://127.0.0.1:8080/api/v1/users/7/
//! {"id":7}
//! $ curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/api/v1/users -d '{"name":"a name that is longer than a body may be here"}'
//! 413
//! $ curl -s http://127.0.0.1:8080/api/v1/users/9
//! no user 9 (from /api/v1/users/9)
//! $ curl -s http://127.0.0.1:8080/api/other
//! {"code":404,"message":"nothing is served at /api/other"}
//! $ curl -s http://127.0.0.1:8080/api/v1/users/x
//! {"code":400,"message":"the path parameter `id` is not valid"}
//! $ curl -s http://127.0.0.1:8080/app/settings/colours
//! <!doctype html><title>The page of /app</title>
//! ```

use serde_json::json;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::TrailingSlash;

/// What is written here holds for everything below, unless it says something else.
#[routes("/api/v1", tag = "v1", body_limit = "1KiB", timeout = "2s")]
mod v1 {
    use toolkit_zero::prelude::*;

    #[routes("/users", body_limit = 32)]
    mod users {
        use serde_json::{Value, json};
        use toolkit_zero::prelude::*;

        #[get("/{id}")]
        async fn user(id: u64) -> Result<Json<Value>, Problem> {
            if id == 9 {
                return Err(Problem::not_found().detail("no user 9"));
            }
            Ok(Json(json!({ "id": id })))
        }

        #[post("/")]
        async fn create(name: String) -> (StatusCode, String) {
            (StatusCode::CREATED, name)
        }

        /// Every 404 below `/api/v1/users`, of the router and of handlers.
        #[catch(404)]
        async fn missing(problem: Problem, uri: Uri) -> String {
            let detail = problem.detail_text().unwrap_or("nothing here");
            format!("{detail} (from {uri})")
        }
    }
}

/// A page that finds its way by itself.
#[routes("/app")]
mod app {
    use toolkit_zero::prelude::*;

    #[fallback]
    async fn page() -> Html<&'static str> {
        Html("<!doctype html><title>The page of /app</title>")
    }
}

#[toolkit_zero::main]
async fn main(server: &mut Server) {
    server.trailing_slash(TrailingSlash::Redirect);
    // What no `#[catch]` answers. Status and header fields stay.
    server.problems(|problem| {
        Json(json!({ "code": problem.status().as_u16(), "message": problem.detail_text() }))
    });
}
