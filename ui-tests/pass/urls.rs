//! `url!` writes the whole address, percent-encoded, prefixes included.

use toolkit_zero::prelude::*;

#[get("/caf%C3%A9/{{x}}/{name}")]
async fn cafe(name: String) -> String {
    name
}

#[routes("/t/{tenant}")]
mod tenants {
    #[toolkit_zero::get("/")]
    pub async fn root(tenant: String) {
        drop(tenant);
    }

    pub mod files {
        #[toolkit_zero::routes("/files")]
        pub mod v1 {
            #[toolkit_zero::get("/{*path}")]
            pub async fn file(path: Vec<String>, tenant: String) {
                drop((path, tenant));
            }
        }
    }
}

fn main() {
    assert_eq!(url!(cafe, name = "a b/c?"), "/caf%C3%A9/%7Bx%7D/a%20b%2Fc%3F");
    assert_eq!(url!(tenants::root, tenant = 1 + 1), "/t/2");
    let path = String::from("a/b c");
    assert_eq!(url!(crate::tenants::files::v1::file, path = path, tenant = "x"), "/t/x/files/a/b%20c");
    assert_eq!(path, "a/b c");
}
