//! Errors with a status a variant, and handlers for what goes wrong below a prefix.
//!
//! ```text
//! $ curl -s http://127.0.0.1:8080/api/users/7
//! Ada
//! $ curl -s http://127.0.0.1:8080/api/users/8
//! {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no user 8","instance":"/api/users/8"}
//! $ curl -s -w ' %{http_code}' http://127.0.0.1:8080/api/users/new
//! not valid: id 400
//! $ curl -s -w ' %{http_code}' http://127.0.0.1:8080/nowhere
//! nothing at /nowhere 404
//! ```

use toolkit_zero::prelude::*;

#[derive(Debug, ApiError)]
enum UserError {
    #[status(404, detail = "there is no user {0}")]
    Missing(u64),
    #[status(410, title = "Left us")]
    Left,
}

#[routes("/api")]
mod api {
    use super::UserError;
    use toolkit_zero::prelude::*;

    #[get("/users/{id}")]
    async fn user(id: u64) -> Result<&'static str, UserError> {
        match id {
            7 => Ok("Ada"),
            1..7 => Err(UserError::Left),
            _ => Err(UserError::Missing(id)),
        }
    }

    #[catch(400)]
    async fn invalid(problem: Problem) -> String {
        let names = problem
            .errors()
            .iter()
            .filter_map(|error| error.parameter());
        format!("not valid: {}", names.collect::<Vec<_>>().join(", "))
    }
}

#[fallback]
async fn nothing(uri: Uri) -> (StatusCode, String) {
    (StatusCode::NOT_FOUND, format!("nothing at {}", uri.path()))
}

#[toolkit_zero::main]
async fn main() {}
