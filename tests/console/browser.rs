//! A browser as a person uses it: go, read, fill in, press; every wait looks again until a deadline.

use std::time::{Duration, Instant};

use fantoccini::error::CmdError;
use fantoccini::wd::WindowHandle;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::devtools::DevTools;
use crate::driver::Driver;

/// Longest wait for anything on a page; a loaded CI machine renders a video of these tests in a few seconds.
const WAIT_MAX: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// A window.
pub(crate) struct Browser {
    client: Client,
    _driver: Driver,
}

impl Browser {
    /// `None`, with a word on stderr, where this machine has no browser.
    pub(crate) async fn open() -> Option<Self> {
        let driver = Driver::start()?;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(driver.capabilities()).connect(&driver.url).await.unwrap();
        let browser = Self { client, _driver: driver };
        browser.resize(1440).await;
        Some(browser)
    }

    pub(crate) async fn go(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    pub(crate) async fn back(&self) {
        self.client.back().await.unwrap();
    }

    pub(crate) async fn sign_in(&self, url: &str, email: &str, password: &str) {
        self.go(&format!("{url}/login")).await;
        self.fill("[name=email]", email).await;
        self.fill("[name=password]", password).await;
        self.press("Sign in").await;
        self.see_path("/jobs").await;
    }

    /// Puts text into a field, in place of what was there.
    pub(crate) async fn fill(&self, field: &str, text: &str) {
        self.until(&format!("fill in {field}"), || async {
            let found = self.client.find(Locator::Css(field)).await?;
            found.clear().await?;
            found.send_keys(text).await.map(Some)
        })
        .await;
    }

    /// Clicks what a selector finds first.
    pub(crate) async fn click(&self, selector: &str) {
        self.until(&format!("click {selector}"), || async {
            self.client.find(Locator::Css(selector)).await?.click().await.map(Some)
        })
        .await;
    }

    /// Presses what has that label and can be seen; buttons before links, which may lead to the same form.
    pub(crate) async fn press(&self, label: &str) {
        let named = |kind: &str| format!("//{kind}[normalize-space()='{label}']");
        let paths = ["button", "summary", "a"].map(named);
        self.until(&format!("press {label}"), || async {
            for path in &paths {
                for found in self.client.find_all(Locator::XPath(path)).await? {
                    if found.is_displayed().await? {
                        return found.click().await.map(Some);
                    }
                }
            }
            Ok(None)
        })
        .await;
    }

    /// Chooses an option by its label.
    pub(crate) async fn choose(&self, select: &str, label: &str) {
        let found = self.client.find(Locator::Css(select)).await.unwrap();
        found.select_by_label(label).await.unwrap();
    }

    /// Waits for an element, and returns its text as it is seen.
    pub(crate) async fn text(&self, selector: &str) -> String {
        self.until(&format!("find {selector}"), || async {
            self.client.find(Locator::Css(selector)).await?.text().await.map(Some)
        })
        .await
    }

    /// Waits until one of the elements has this in its text; returns that text.
    pub(crate) async fn see(&self, selector: &str, part: &str) -> String {
        self.until(&format!("see {part:?} in {selector}"), || async {
            for found in self.client.find_all(Locator::Css(selector)).await? {
                let text = found.text().await?;
                if text.contains(part) {
                    return Ok(Some(text));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Waits until the page is that of this path, loaded.
    pub(crate) async fn see_path(&self, path: &str) {
        self.until(&format!("come to {path}"), || async {
            let (url, ready) =
                (self.client.current_url().await?, self.run("return document.readyState").await?);
            Ok((url.path() == path && ready == "complete").then_some(()))
        })
        .await;
    }

    /// Waits until a script says something that is not null or false.
    pub(crate) async fn until_script(&self, script: &str) -> Value {
        self.until(script, || async {
            Ok(Some(self.run(script).await?).filter(|said| !said.is_null() && said != &json!(false)))
        })
        .await
    }

    /// Loads the page again until a script says true.
    pub(crate) async fn reload_until(&self, script: &str) {
        self.until(script, || async {
            self.client.refresh().await?;
            Ok((self.run(script).await? == json!(true)).then_some(()))
        })
        .await;
    }

    pub(crate) async fn window(&self) -> WindowHandle {
        self.client.window().await.unwrap()
    }

    /// Opens another window, and goes there.
    pub(crate) async fn open_window(&self) {
        let opened = self.client.new_window(false).await.unwrap();
        self.switch_to(opened.handle).await;
    }

    pub(crate) async fn switch_to(&self, window: WindowHandle) {
        self.client.switch_to_window(window).await.unwrap();
    }

    /// True when the page has no such element now.
    pub(crate) async fn has_no(&self, selector: &str) -> bool {
        self.client.find_all(Locator::Css(selector)).await.unwrap().is_empty()
    }

    /// Runs a script in the page; its `return` comes back.
    pub(crate) async fn script(&self, script: &str) -> Value {
        self.run(script).await.unwrap()
    }

    /// The same for a script that calls its last argument when it is done.
    pub(crate) async fn script_async(&self, script: &str) -> Value {
        self.client.execute_async(script, Vec::new()).await.unwrap()
    }

    /// Forgets the session, as its end does.
    pub(crate) async fn lose_session(&self) {
        self.client.delete_all_cookies().await.unwrap();
    }

    /// The status of a page of the same origin.
    pub(crate) async fn status_of(&self, path: &str) -> Value {
        self.script_async(&format!("fetch({path:?}).then(got => arguments[0](got.status))")).await
    }

    /// Makes the window as wide as a screen of so many pixels.
    pub(crate) async fn resize(&self, width_px: u32) {
        let height_px = if width_px < 600 { 844 } else { 900 };
        let size = json!({ "width": width_px, "height": height_px, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Prefers `light` or `dark`.
    pub(crate) async fn prefer(&self, theme: &str) {
        let feature = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
        self.devtools("Emulation.setEmulatedMedia", feature).await;
    }

    pub(crate) async fn devtools(&self, method: &'static str, parameters: Value) -> Value {
        self.client.issue_cmd(DevTools(method, parameters)).await.unwrap()
    }

    async fn run(&self, script: &str) -> Result<Value, CmdError> {
        self.client.execute(script, Vec::new()).await
    }

    /// Tries until something comes of it. Elements that go with their page are looked for again.
    async fn until<T, F>(&self, what: &str, mut attempt: impl FnMut() -> F) -> T
    where
        F: Future<Output = Result<Option<T>, CmdError>>,
    {
        let deadline = Instant::now() + WAIT_MAX;
        loop {
            let outcome = attempt().await;
            if let Ok(Some(found)) = outcome {
                return found;
            }
            if Instant::now() > deadline {
                let url = self.client.current_url().await;
                let body = self.run("return document.body.innerText").await;
                panic!("could not {what} at {url:?}: {:?}\n{body:?}", outcome.err());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}
