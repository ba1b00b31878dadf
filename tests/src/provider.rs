use anyhow::Context;

use crate::{PATIENCE, Result, Running, Sandbox, Venv};

/// An OpenID Connect provider on another host than `localhost`: logs everybody in as the same
/// person.
#[derive(Debug)]
pub struct Provider {
    /// The process; it prints the path of each request.
    pub process: Running,
    /// Its origin.
    pub issuer: String,
}

impl Provider {
    /// Starts it in an environment that has Streamlit with its extra `auth`.
    pub async fn start(sandbox: &Sandbox, venv: &Venv, name: &str, email: &str) -> Result<Self> {
        Self::with(sandbox, venv, &[name, email]).await
    }

    /// The same for one that refuses web views and has logouts of its own.
    pub async fn strict(sandbox: &Sandbox, venv: &Venv, name: &str, email: &str) -> Result<Self> {
        Self::with(sandbox, venv, &[name, email, "strict"]).await
    }

    async fn with(sandbox: &Sandbox, venv: &Venv, arguments: &[&str]) -> Result<Self> {
        let launch = sandbox.launch(venv.python()).args(["-c", include_str!("provider.py")]);
        let mut process = launch.args(arguments).start()?;
        let issuer = process.stdout.wait_for("the provider's address", PATIENCE, first_line).await;
        let issuer = issuer.with_context(|| process.stderr.text())?;
        Ok(Self { process, issuer })
    }

    /// What Streamlit needs to know for logging in here, as it stands in `secrets.toml`.
    pub fn secrets(&self, port: u16) -> String {
        let lines = self.auth(port).map(|(name, value)| format!("{name} = \"{value}\"\n"));
        format!("[auth]\n{}", lines.concat())
    }

    /// The same as a packaged app keeps it.
    pub fn kept(&self, port: u16) -> String {
        let values = self.auth(port).map(|(name, value)| (format!("auth.{name}"), value.into()));
        serde_json::Value::Object(values.into_iter().collect()).to_string()
    }

    fn auth(&self, port: u16) -> [(&'static str, String); 5] {
        [
            ("redirect_uri", format!("http://localhost:{port}/oauth2callback")),
            ("cookie_secret", "a secret of the test's".to_owned()),
            ("client_id", "waterskin".to_owned()),
            ("client_secret", "known to both".to_owned()),
            ("server_metadata_url", format!("{}/.well-known/openid-configuration", self.issuer)),
        ]
    }
}

fn first_line(output: &str) -> Option<String> {
    output.split_once('\n').map(|(line, _)| line.to_owned())
}
