//! Several changes in one step, and what observers see of them.

use toolkit_zero::prelude::*;
use toolkit_zero::routing::RouteError;

use crate::live::state_of;
use crate::support::{connected, says, says_to, serve};

#[tokio::test]
async fn an_update_is_one_generation() {
    let (bg, mut client) = connected([says("/old", "old"), says("/switched", "s")]).await;
    let routes = bg.routes();
    let before = routes.generation();
    let old = routes
        .update(|batch| {
            batch.add(says("/new", "new"))?;
            batch.replace(says("/replaced", "r"))?;
            batch.disable(&Method::GET, "/switched")?;
            Ok(batch.remove(&Method::GET, "/old"))
        })
        .unwrap();
    assert_eq!(old.unwrap().pattern(), "/old");
    let (lines, generation) = state_of(&routes);
    assert_eq!(generation, before + 1);
    assert_eq!(
        lines,
        ["GET /new true", "GET /replaced true", "GET /switched false"]
    );
    assert_eq!(client.send("GET", "/new").await.text(), "new");
    assert_eq!(client.send("GET", "/old").await.status, 404);
    // One that changes nothing publishes nothing.
    routes
        .update(|batch| batch.enable(&Method::GET, "/new"))
        .unwrap();
    assert_eq!(routes.generation(), before + 1);
}

#[tokio::test]
async fn a_refused_change_publishes_nothing() {
    let (bg, mut client) = connected([says("/a", "a")]).await;
    let routes = bg.routes();
    let before = state_of(&routes);
    let watch = routes.watch();
    let error = routes
        .update(|batch| {
            batch.add(says("/b", "b"))?;
            batch.remove(&Method::GET, "/a");
            // The batch sees its own changes.
            batch.add(says("/b", "b again"))
        })
        .unwrap_err();
    assert!(matches!(error, RouteError::Conflict { .. }), "{error}");
    assert_eq!(state_of(&routes), before);
    assert!(!watch.has_changed().unwrap());
    assert_eq!(client.send("GET", "/a").await.text(), "a");
    assert_eq!(client.send("GET", "/b").await.status, 404);
}

#[tokio::test]
async fn a_change_that_panics_publishes_nothing_and_the_table_can_still_be_changed() {
    let bg = serve([says("/a", "a")]);
    let routes = bg.routes();
    let before = state_of(&routes);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        routes.update(|batch| -> Result<(), RouteError> {
            batch.add(says("/b", "b"))?;
            panic!("half done")
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(state_of(&routes), before);
    assert_eq!(routes.add(says("/b", "b")).unwrap(), before.1 + 1);
}

#[tokio::test]
async fn a_writer_inside_an_update_is_an_error_and_no_deadlock() {
    let bg = serve([says("/a", "a")]);
    let routes = bg.routes();
    let other = serve([says("/a", "a")]).routes();
    routes
        .update(|batch| {
            assert!(matches!(
                routes.add(says("/x", "x")),
                Err(RouteError::Nested)
            ));
            assert!(matches!(
                routes.replace(says("/a", "x")),
                Err(RouteError::Nested)
            ));
            assert!(matches!(
                routes.disable(&Method::GET, "/a"),
                Err(RouteError::Nested)
            ));
            assert!(matches!(
                routes.enable(&Method::GET, "/a"),
                Err(RouteError::Nested)
            ));
            assert!(matches!(routes.update(|_| Ok(())), Err(RouteError::Nested)));
            assert!(routes.remove(&Method::GET, "/a").is_none());
            // Readers are free, and so are other tables.
            assert_eq!(routes.snapshot().len(), 1);
            other.add(says("/x", "x"))?;
            batch.add(says("/b", "b"))
        })
        .unwrap();
    assert_eq!(
        state_of(&routes),
        (vec!["GET /a true".into(), "GET /b true".into()], 2)
    );
    routes.add(says("/c", "c")).unwrap();
    assert_eq!(other.snapshot().len(), 2);
}

#[tokio::test]
async fn watchers_are_told_every_change() {
    let bg = serve([says("/a", "a")]);
    let routes = bg.routes();
    let mut watch = routes.watch();
    let first = *watch.borrow_and_update();
    assert_eq!(first, routes.generation());
    let writer = tokio::spawn({
        let routes = routes.clone();
        async move { routes.add(says("/b", "b")).unwrap() }
    });
    watch.changed().await.unwrap();
    assert_eq!(*watch.borrow_and_update(), first + 1);
    assert_eq!(writer.await.unwrap(), first + 1);
    routes.disable(&Method::GET, "/b").unwrap();
    watch.changed().await.unwrap();
    routes.remove(&Method::GET, "/b").unwrap();
    watch.changed().await.unwrap();
    assert_eq!(*watch.borrow(), first + 3);
}

#[tokio::test]
async fn a_snapshot_tells_what_was_declared_and_does_not_change() {
    let (named, line) = (says("/b/{id}", "b").name("item"), line!());
    let bg = serve([named, says_to(Method::PUT, "/a", "a"), says("/a", "a")]);
    let routes = bg.routes();
    let snapshot = routes.snapshot();
    let of: Vec<_> = snapshot
        .iter()
        .map(|route| {
            (
                route.method().as_str(),
                route.pattern(),
                route.name(),
                route.enabled(),
            )
        })
        .collect();
    assert_eq!(
        of,
        [
            ("GET", "/a", "", true),
            ("PUT", "/a", "", true),
            ("GET", "/b/{id}", "item", true)
        ]
    );
    let origin = snapshot[2].origin();
    assert_eq!((origin.file(), origin.line()), (file!(), line));
    assert_eq!(snapshot.generation(), routes.generation());
    routes.remove(&Method::PUT, "/a").unwrap();
    assert_eq!(snapshot.len(), 3);
    assert_eq!(routes.snapshot().len(), 2);
}
