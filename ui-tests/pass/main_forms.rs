//! The four forms of `main` are accepted; only one can run.
#![allow(dead_code)]

mod plain {
    #[toolkit_zero::main(addr = "127.0.0.1:0", workers = 1, link = false)]
    async fn main() -> Result<(), String> {
        Ok(())
    }
}

mod configured {
    use toolkit_zero::prelude::*;

    #[toolkit_zero::main]
    async fn main(server: &mut Server) {
        server.state(7_u8);
    }
}

mod beside {
    use toolkit_zero::prelude::*;

    #[toolkit_zero::main(addr = "localhost:0")]
    async fn main(bg: &mut BackgroundServer) -> Result<(), std::io::Error> {
        std::future::ready(bg.addr()).await;
        Ok(())
    }
}

mod by_hand {
    use toolkit_zero::prelude::*;

    #[toolkit_zero::main(crate = toolkit_zero)]
    async fn main(server: Server) {
        drop(server);
    }
}

fn collected() {
    drop(toolkit_zero::collected!());
    let _unused = || toolkit_zero::serve_managed!(([127, 0, 0, 1], 0), link = false,);
}

fn main() {}
