//! A form with files, part by part; files with ranges.
//!
//! ```text
//! $ curl -s -F 'title=two words' -F 'file=@Cargo.toml;filename=../x.toml;type=text/plain' http://127.0.0.1:8080/uploads | head -1
//! title: 9 bytes
//! $ curl -s http://127.0.0.1:8080/source/uploads.rs -r 0-2
//! //!
//! $ curl -s -o /dev/null -w '%{http_code}' --path-as-is http://127.0.0.1:8080/source/../Cargo.toml
//! 400
//! ```

use toolkit_zero::prelude::*;

#[post("/uploads", body_limit = "64MiB")]
async fn upload(mut form: Multipart) -> Result<String, Problem> {
    let mut told = String::new();
    while let Some(mut part) = form.part().await? {
        let mut bytes = 0;
        while let Some(chunk) = part.chunk().await? {
            bytes += chunk.len();
        }
        // The name of a file is data, and no path.
        let name = part.file_name().or(part.name()).unwrap_or("nameless");
        let line = format!("{name}: {bytes} bytes\n");
        told.push_str(&line);
    }
    Ok(told)
}

#[toolkit_zero::main]
async fn main(server: &mut Server) {
    let folder = env!("CARGO_MANIFEST_DIR");
    server.mechanism(ServerMechanism::files("/source/{*path}", folder));
}
