//! The routes on actix-web.

use std::net::TcpListener;

use actix_web::web::{Json, Path, get, post};
use actix_web::{App, HttpResponse, HttpServer};
use common::{NewItem, Options, Pong, User};

fn main() {
    let options = Options::read();
    common::run(&options, || {
        let listener = common::listen_std();
        let addr = listener.local_addr().expect("a bound socket");
        let options = options.clone();
        std::thread::spawn(move || serve(listener, &options));
        addr
    });
}

/// On runtimes of its own, one a worker, which is the way of actix.
fn serve(listener: TcpListener, options: &Options) {
    let routes = options.clone();
    let server = HttpServer::new(move || {
        let mut app = App::new()
            .route("/ping", get().to(ping))
            .route("/users/{id}", get().to(user))
            .route("/items", post().to(items));
        for filler in routes.fillers() {
            app = app.route(&filler, get().to(ping));
        }
        app
    })
    .workers(options.workers)
    .disable_signals();
    let server = if options.http2 {
        server.listen_auto_h2c(listener)
    } else {
        server.listen(listener)
    };
    let server = server.expect("a socket").run();
    actix_web::rt::System::new()
        .block_on(server)
        .expect("a server");
}

async fn ping() -> Json<Pong> {
    Json(Pong { ok: true })
}

async fn user(id: Path<u64>) -> Json<User> {
    Json(User::find(*id))
}

async fn items(Json(new): Json<NewItem>) -> HttpResponse {
    HttpResponse::Created().json(common::Item::create(new))
}
