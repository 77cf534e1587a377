//! A small CRUD API: state, captures, a query string, JSON in and out, and errors that explain themselves.
//!
//! ```text
//! $ curl -s -X POST http://127.0.0.1:8080/todos -H 'content-type: application/json' -d '{"title":"write docs"}'
//! {"id":1,"title":"write docs","done":false}
//! $ curl -s -X PUT http://127.0.0.1:8080/todos/1 -H 'content-type: application/json' -d '{"title":"write docs","done":true}'
//! {"id":1,"title":"write docs","done":true}
//! $ curl -s 'http://127.0.0.1:8080/todos?done=true'
//! [{"id":1,"title":"write docs","done":true}]
//! $ curl -s http://127.0.0.1:8080/todos/7
//! {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no todo 7","instance":"/todos/7"}
//! $ curl -s http://127.0.0.1:8080/todos/seven
//! {"type":"about:blank","title":"Bad Request","status":400,"detail":"the path parameter `id` is not valid","instance":"/todos/seven","errors":[{"parameter":"id","detail":"invalid digit found in string"}]}
//! $ curl -s -X DELETE -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/todos/1
//! 204
//! ```

#![allow(
    clippy::wildcard_imports,
    reason = "a module of routes uses what is around it"
)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use toolkit_zero::prelude::*;

#[derive(Clone, Serialize)]
struct Todo {
    id: u64,
    title: String,
    done: bool,
}

#[derive(Deserialize)]
struct NewTodo {
    title: String,
    #[serde(default)]
    done: bool,
}

#[derive(Deserialize)]
struct Filter {
    done: Option<bool>,
}

#[derive(Clone, Default)]
struct Todos(Arc<Mutex<BTreeMap<u64, Todo>>>);

impl Todos {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Todo>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[routes("/todos")]
mod todos {
    use super::*;

    /// All todos, or those that are done or not.
    #[get("/")]
    async fn list(Query(filter): Query<Filter>, State(todos): State<Todos>) -> Json<Vec<Todo>> {
        let all = todos.lock();
        let wanted = |todo: &&Todo| filter.done.is_none_or(|done| todo.done == done);
        Json(all.values().filter(wanted).cloned().collect())
    }

    #[post("/", status = 201)]
    async fn create(State(todos): State<Todos>, Json(new): Json<NewTodo>) -> Json<Todo> {
        let mut all = todos.lock();
        let id = all.keys().next_back().map_or(1, |last| last + 1);
        let todo = Todo {
            id,
            title: new.title,
            done: new.done,
        };
        all.insert(id, todo.clone());
        Json(todo)
    }

    #[get("/{id}")]
    async fn show(id: u64, State(todos): State<Todos>) -> Result<Json<Todo>, Problem> {
        let todo = todos.lock().get(&id).cloned();
        todo.map(Json).ok_or_else(|| missing(id))
    }

    #[put("/{id}")]
    async fn change(
        id: u64,
        State(todos): State<Todos>,
        Json(new): Json<NewTodo>,
    ) -> Result<Json<Todo>, Problem> {
        let mut all = todos.lock();
        let todo = all.get_mut(&id).ok_or_else(|| missing(id))?;
        *todo = Todo {
            id,
            title: new.title,
            done: new.done,
        };
        Ok(Json(todo.clone()))
    }

    #[delete("/{id}")]
    async fn remove(id: u64, State(todos): State<Todos>) -> Result<NoContent, Problem> {
        let removed = todos.lock().remove(&id);
        removed.map(|_| NoContent).ok_or_else(|| missing(id))
    }

    fn missing(id: u64) -> Problem {
        Problem::not_found().detail(format!("there is no todo {id}"))
    }
}

#[toolkit_zero::main]
async fn main(server: &mut Server) {
    server.state(Todos::default());
}
