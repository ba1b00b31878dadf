use anyhow::Context;
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};
use url::ParseError;

use crate::window::connect;
use crate::{PATIENCE, Result, Sandbox, Window};

/// Chromium as Debian and as Google name it.
const BROWSERS: [&str; 3] = ["chromium", "google-chrome", "chromium-browser"];

impl Window {
    /// Starts Chromium without a display, with an empty profile and further `arguments`, driven by
    /// its own driver. What it downloads comes into [`Sandbox::work`]. It resolves no name but loopback's, and those that an argument maps.
    pub async fn chromium(sandbox: &Sandbox, arguments: &[&str]) -> Result<Self> {
        let browser = BROWSERS.iter().find_map(|name| which::which(name).ok());
        let browser = browser.context("the tests with a browser need Chromium")?;
        let driver = which::which("chromedriver");
        let driver = driver.context("the tests with a browser need `chromedriver`")?;
        let mut driver = sandbox.launch(driver).arg("--port=0").start()?;
        let port = driver.stdout.wait_for("the driver's port", PATIENCE, port_of).await?;
        let profile = sandbox.work().join("profile").to_string_lossy().into_owned();
        let mut all = vec![
            "--headless=new".to_owned(),
            // Chromium's own sandbox does not start as root.
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--no-first-run".to_owned(),
            format!("--user-data-dir={profile}"),
        ];
        all.extend(arguments.iter().map(|&argument| argument.to_owned()));
        let preferences = json!({
            "download.default_directory": sandbox.work(),
            // Clicks by a script count as no person's.
            "profile.default_content_setting_values.automatic_downloads": 1,
        });
        let options = json!({ "binary": browser, "args": all, "prefs": preferences });
        let capabilities = [
            ("goog:chromeOptions".to_owned(), options),
            ("pageLoadStrategy".to_owned(), json!("none")),
        ];
        let client = connect(port, capabilities.into_iter().collect())
            .await
            .with_context(|| format!("driver: {}{}", driver.stdout.text(), driver.stderr.text()))?;
        Ok(Self { client, driver, _port: None })
    }

    /// Has Chromium tell its pages that the system prefers this colour scheme.
    pub async fn prefers(&self, scheme: &str) -> Result<()> {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        let command =
            json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "features": features } });
        self.client.issue_cmd(Cdp(command)).await?;
        Ok(())
    }
}

/// A command of Chromium's own protocol for tools, as its driver passes it on.
#[derive(Debug)]
struct Cdp(Value);

impl WebDriverCompatibleCommand for Cdp {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> std::result::Result<url::Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.0.to_string()))
    }
}

/// From `ChromeDriver was started successfully on port 12345.`
fn port_of(output: &str) -> Option<u16> {
    let rest = output.split_once("successfully on port ")?.1;
    rest.split_once('.')?.0.parse().ok()
}
