//! The console as people meet it: its pages in a real browser, before a real server with real engines.
#![expect(clippy::unwrap_used, reason = "a test may panic wherever it finds its rule broken")]

mod axe;
mod browser;
mod devtools;
mod driver;
mod hostile;
mod jobs;
mod looks;
mod playground;
mod signing_in;
mod tokens;

use avs_tests::Server;
use browser::Browser;

/// Of every account here.
const PASSWORD: &str = "correct horse battery staple";

/// Lets ada, who has 100 credits, sign in, and opens a browser; `None` where this machine has none.
async fn ada_at_the_console() -> Option<(Server, Browser)> {
    avs_tests::gpu_context()?;
    let server = Server::start();
    let browser = Browser::open().await?;
    server.set_password("ada@example.com", PASSWORD);
    browser.sign_in(&server.url, "ada@example.com", PASSWORD).await;
    Some((server, browser))
}
