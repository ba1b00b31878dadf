use crate::{Ask, PATIENCE, Port, Result, Running, Sandbox, Site, Venv, app, eventually};

/// A Streamlit as its own command starts it.
#[derive(Debug)]
pub struct Streamlit {
    port: Port,
    base: &'static str,
    running: Running,
}

impl Streamlit {
    /// Starts one, with this `server.baseUrlPath`.
    pub fn start(sandbox: &Sandbox, venv: &Venv, base: &'static str) -> Result<Self> {
        let port = Port::reserve()?;
        let number = port.number().to_string();
        // Given as variables, since a version refuses flags that it does not know.
        let options = [
            ("SERVER_PORT", number.as_str()),
            ("SERVER_ADDRESS", "127.0.0.1"),
            ("SERVER_BASE_URL_PATH", base),
            ("SERVER_HEADLESS", "true"),
            ("SERVER_FILE_WATCHER_TYPE", "none"),
            ("BROWSER_GATHER_USAGE_STATS", "false"),
        ];
        let launch = sandbox.launch(venv.python()).args(["-m", "streamlit", "run"]);
        let launch = launch.arg(app("stages").join("app.py"));
        let launch = options
            .into_iter()
            .fold(launch, |launch, (name, value)| launch.env(format!("STREAMLIT_{name}"), value));
        // It asks a server elsewhere for its own address before it refuses an origin
        // (`net_util.py`): a proxy that is not there says no at once.
        let nowhere = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"];
        let launch =
            nowhere.into_iter().fold(launch, |launch, name| launch.env(name, "http://127.0.0.1:9"));
        Ok(Self { port, base, running: launch.start()? })
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Its address and port.
    pub fn authority(&self) -> String {
        format!("127.0.0.1:{}", self.port())
    }

    /// Waits until it is healthy.
    pub async fn ready(&self) -> Result<()> {
        let (site, base) = (Site::on(self.port()), self.base);
        let slash = if base.is_empty() { "" } else { "/" };
        let path = format!("{slash}{base}/_stcore/health");
        let healthy = eventually("Streamlit to be healthy", PATIENCE, async || {
            let answer = site.ask(Ask::get(&path)).await;
            Ok(answer.is_ok_and(|answer| answer.text() == "ok").then_some(()))
        });
        healthy.await.map_err(|error| error.context(self.running.stderr.text()))
    }
}
