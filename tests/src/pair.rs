use std::path::Path;

use anyhow::Context;

use crate::{
    Draft, Exchange, PATIENCE, Port, Result, Running, Sandbox, Served, ServedOptions, Site, Venv,
    eventually,
};

/// Which way a request goes to Streamlit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To `streamlit run`.
    Direct,
    /// To `waterskin run`, and by its proxy to Streamlit.
    Through,
}

/// One project served twice by the same Streamlit: by its own command on a TCP port, and by ours.
#[derive(Debug)]
pub struct Pair {
    /// Streamlit's version.
    pub version: &'static str,
    /// Streamlit itself.
    pub direct: Site,
    /// Our proxy before it, with the gate's cookie.
    pub through: Site,
    /// `waterskin run`.
    pub served: Served,
    /// `streamlit run`.
    pub streamlit: Running,
    _port: Port,
    /// The environment of both.
    pub venv: Venv,
    /// Last: it ends what the others started.
    pub sandbox: Sandbox,
}

impl Pair {
    /// Serves a copy of `project` with these lines added to its `config.toml`, and waits until
    /// both answer.
    pub async fn start(version: &'static str, project: &Path, config: &str) -> Result<Self> {
        let sandbox = Sandbox::new()?;
        let venv = Venv::with_streamlit(version).await?;
        let folder = sandbox.copy(project, "twice \"ä\"")?;
        let settings = folder.join(".streamlit");
        fs_err::create_dir_all(&settings)?;
        let known = fs_err::read_to_string(settings.join("config.toml")).unwrap_or_default();
        fs_err::write(settings.join("config.toml"), format!("{known}\n{config}\n"))?;
        let served = Served::start(&sandbox, &folder, &venv, ServedOptions::default()).await?;
        let port = Port::reserve()?;
        let streamlit = plain(&sandbox, &venv, &folder, port.number(), served.port()?)?;
        let direct = Site::on(port.number());
        let through = served.enter().await?;
        let _port = port;
        let pair = Self { version, direct, through, served, streamlit, _port, venv, sandbox };
        for site in [&pair.direct, &pair.through] {
            eventually("Streamlit to be healthy", PATIENCE, async || {
                let answer = site.get("/_stcore/health").await;
                Ok(answer.is_ok_and(|answer| answer.text() == "ok").then_some(()))
            })
            .await?;
        }
        Ok(pair)
    }

    /// The server of that way.
    pub fn site(&self, way: Way) -> &Site {
        match way {
            Way::Direct => &self.direct,
            Way::Through => &self.through,
        }
    }

    /// Sends to both what `draft` makes for each: session ids and tokens differ.
    pub async fn ask(&self, draft: impl Fn(Way) -> Draft) -> Result<(Exchange, Exchange)> {
        let (direct, through) = (draft(Way::Direct), draft(Way::Through));
        let both = tokio::join!(self.direct.send(&direct), self.through.send(&through));
        Ok((both.0?, both.1?))
    }

    /// Process ids of the two Pythons that serve.
    pub fn pythons(&self) -> Result<(rustix::process::Pid, rustix::process::Pid)> {
        let ours = self.sandbox.ours().alive();
        let command = self.served.command.id().as_raw_nonzero().get();
        let python = ours.iter().find(|process| process.parent == command);
        let python = python.with_context(|| format!("no Python among {ours:#?}"))?;
        Ok((self.streamlit.id(), python.id))
    }
}

/// `streamlit run` on `port`, with the options that the launcher sets for the page on `page_port`. They are
/// given as variables, since a version refuses flags that it does not know.
fn plain(
    sandbox: &Sandbox,
    venv: &Venv,
    folder: &Path,
    port: u16,
    page_port: u16,
) -> Result<Running> {
    let launch = sandbox.launch(venv.python()).directory(folder);
    let launch = launch.args(["-m", "streamlit", "run"]).arg(folder.join("app.py"));
    let pages = format!("http://localhost:{page_port} http://127.0.0.1:{page_port}");
    let port_text = port.to_string();
    let options = [
        ("SERVER_PORT", port_text.as_str()),
        ("SERVER_ADDRESS", "127.0.0.1"),
        ("SERVER_HEADLESS", "true"),
        ("SERVER_RUN_ON_SAVE", "true"),
        ("SERVER_ALLOWED_HOSTS", "localhost 127.0.0.1 [::1]"),
        ("BROWSER_SERVER_ADDRESS", "localhost"),
        ("BROWSER_GATHER_USAGE_STATS", "false"),
        ("CLIENT_ALLOWED_ORIGINS", &pages),
    ];
    let launch = options
        .into_iter()
        .fold(launch, |launch, (name, value)| launch.env(format!("STREAMLIT_{name}"), value));
    launch.start()
}
