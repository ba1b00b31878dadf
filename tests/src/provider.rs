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
        let launch = sandbox.launch(venv.python()).args(["-c", include_str!("provider.py")]);
        let mut process = launch.args([name, email]).start()?;
        let issuer = process.stdout.wait_for("the provider's address", PATIENCE, first_line).await;
        let issuer = issuer.with_context(|| process.stderr.text())?;
        Ok(Self { process, issuer })
    }

    /// What Streamlit needs to know for logging in here, as it stands in `secrets.toml`.
    pub fn secrets(&self, port: u16) -> String {
        format!(
            "[auth]\n\
             redirect_uri = \"http://localhost:{port}/oauth2callback\"\n\
             cookie_secret = \"a secret of the test's\"\n\
             client_id = \"waterskin\"\n\
             client_secret = \"known to both\"\n\
             server_metadata_url = \"{}/.well-known/openid-configuration\"\n",
            self.issuer
        )
    }
}

fn first_line(output: &str) -> Option<String> {
    output.split_once('\n').map(|(line, _)| line.to_owned())
}
