use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::built::{BUILD, target};
use crate::{Launch, PATIENCE, Result, Sandbox, Site, Venv, eventually};

/// What `waterskin export` made of a project.
#[derive(Clone, Debug)]
pub struct Exported {
    /// Its folder.
    pub folder: PathBuf,
}

/// One container's worth of it, without the container: `start.py` on an interpreter of the tests.
#[derive(Clone, Debug)]
pub struct Replica {
    launch: Launch,
    health: Launch,
    /// Where it is served.
    pub site: Site,
}

impl Exported {
    /// The export of `project` with these further arguments.
    pub async fn of(sandbox: &Sandbox, project: &Path, arguments: &[&str]) -> Result<Self> {
        let folder = sandbox.work().join("export é");
        let export = sandbox.author()?.arg("export").arg(project).args(["--yes", "--output"]);
        let export = export.arg(&folder).arg("--cache-dir").arg(target()?.join("built/cache"));
        export.args(arguments).finish(BUILD).await?.success()?;
        Ok(Self { folder })
    }

    /// A replica on the interpreter of `venv`, with `base` in front of its paths.
    pub fn replica(
        &self,
        sandbox: &Sandbox,
        venv: &Venv,
        (address, port): (IpAddr, u16),
        base: &str,
    ) -> Replica {
        let run = |file: &str| {
            let launch = sandbox.launch(venv.python()).arg(self.folder.join(file));
            let launch = launch.env("PORT", port.to_string()).env("PYTHONDONTWRITEBYTECODE", "1");
            let launch = launch.env("STREAMLIT_SERVER_ADDRESS", address.to_string());
            launch.env("STREAMLIT_SERVER_BASE_URL_PATH", base)
        };
        let site = Site::on(port).at(address);
        Replica { launch: run("start.py"), health: run("health.py"), site }
    }

    /// The real Caddy with the exported configuration, which finds each of `replicas` under the name
    /// that it has for the app, all on `port`. It is served as `site` says. Only root can give it such
    /// names.
    pub fn caddy(
        &self,
        sandbox: &Sandbox,
        site: &str,
        replicas: &[Ipv4Addr],
        port: u16,
    ) -> Result<Launch> {
        let names: String = replicas.iter().map(|address| format!("{address} app\n")).collect();
        let hosts = sandbox.work().join("hosts");
        fs_err::write(&hosts, format!("127.0.0.1 localhost\n{names}"))?;
        // No port of the machine's own, and nothing of the machine is told of its authority.
        let free = crate::Port::reserve()?.number();
        let options = format!(
            "{{\n\tadmin off\n\tskip_install_trust\n\thttp_port {free}\n}}\nimport \"{}\"\n",
            self.folder.join("Caddyfile").display()
        );
        let file = sandbox.work().join("Caddyfile");
        fs_err::write(&file, options)?;
        let launch = sandbox.launch("/usr/bin/caddy").args(["run", "--adapter", "caddyfile"]);
        let launch = launch.arg("--config").arg(&file).env("SITE", site);
        let launch = launch.env("APP_PORT", port.to_string());
        let script = "mount --bind \"$1\" /etc/hosts && shift && exec \"$@\"";
        let shell = ["--mount", "--propagation", "private", "/bin/sh", "-c", script, "sh"];
        let hosts = hosts.to_string_lossy();
        Ok(launch.behind("/usr/bin/unshare", shell.into_iter().chain([&*hosts])))
    }
}

impl Replica {
    /// The program, to be started.
    pub fn launch(&self) -> Launch {
        self.launch.clone()
    }

    /// What the health check ends with.
    pub async fn health(&self) -> Result<Option<i32>> {
        Ok(self.health.clone().finish(PATIENCE).await?.code)
    }

    /// Waits until the health check says that it is well.
    pub async fn well(&self) -> Result<()> {
        let well = async || Ok((self.health().await? == Some(0)).then_some(()));
        eventually("the replica to be well", Duration::from_secs(90), well).await
    }
}
