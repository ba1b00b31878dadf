use std::ffi::OsStr;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use tokio::net::TcpStream;
use url::Url;
use waterskin_tests::{PATIENCE, Result, Running, Sandbox, Site};

use super::rivals::Rival;
use crate::tree::Tree;

/// A way to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Without a proxy.
    Direct,
    /// Through our proxy, to the server's port.
    Ours,
    /// Through our proxy, to the server's Unix socket, as an app is reached.
    OursUnix,
    /// As [`Kind::Ours`], with a trace written.
    OursTraced,
    /// As [`Kind::Ours`], where nobody could look at what passes.
    OursBare,
    /// As [`Kind::Ours`], while somebody looks at what passes.
    OursInspected,
    Rival(Rival),
}

/// The server that every side leads to.
#[derive(Clone, Debug)]
pub struct Server {
    pub port: u16,
    pub socket: Option<PathBuf>,
    /// Files that ours and nginx answer by themselves, under `/static/`: their folder's parent.
    pub statics: PathBuf,
}

/// One side of the comparison, ready to be asked.
#[derive(Debug)]
pub struct Side {
    pub kind: Kind,
    /// Where it is asked, and with which cookie.
    pub site: Site,
    /// When its process was started.
    pub began: Instant,
    process: Option<Process>,
}

/// A proxy's process. In a sandbox of its own, so that what it uses can be told apart.
#[derive(Debug)]
struct Process {
    tree: Tree,
    _running: Running,
    _sandbox: Sandbox,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Ours => "ours",
            Self::OursUnix => "ours, unix",
            Self::OursTraced => "ours, trace",
            Self::OursBare => "without",
            Self::OursInspected => "open",
            Self::Rival(rival) => rival.name(),
        }
    }
}

impl Side {
    /// Starts the proxy in front of `server` and waits until it can be asked.
    pub async fn start(kind: Kind, server: &Server) -> Result<Self> {
        let began = Instant::now();
        let (site, process) = match kind {
            Kind::Direct => (Site::on(server.port), None),
            Kind::OursUnix => {
                ours(server.socket.as_deref().context("no socket")?, server, kind).await?
            }
            Kind::Ours | Kind::OursTraced | Kind::OursBare | Kind::OursInspected => {
                ours(&server.port.to_string(), server, kind).await?
            }
            Kind::Rival(rival) => rivals(rival, server).await?,
        };
        Ok(Self { kind, site, began, process })
    }

    /// The lines that each request has to carry.
    pub fn headers(&self) -> Vec<String> {
        let cookie = self.site.cookie.iter().map(|cookie| format!("Cookie: {cookie}"));
        [format!("Host: {}", self.site.authority())].into_iter().chain(cookie).collect()
    }

    /// A request's head.
    pub fn head(&self, line: &str, more: &[&str]) -> String {
        let lines = self.headers().join("\r\n");
        let more: String = more.iter().map(|line| format!("{line}\r\n")).collect();
        format!("{line} HTTP/1.1\r\n{lines}\r\n{more}\r\n")
    }

    /// The proxy's processes; the direct side has none.
    pub fn tree(&self) -> Option<&Tree> {
        self.process.as_ref().map(|process| &process.tree)
    }
}

async fn ours(
    upstream: impl AsRef<OsStr>,
    server: &Server,
    kind: Kind,
) -> Result<(Site, Option<Process>)> {
    let sandbox = Sandbox::new()?;
    let launch = sandbox.launch(std::env::current_exe()?).arg("ours").arg(upstream);
    let mut launch = launch.arg("--statics").arg(&server.statics);
    launch = match kind {
        Kind::OursTraced => launch.arg("--trace").arg(sandbox.work().join("trace")),
        Kind::OursBare => launch.arg("--bare"),
        Kind::OursInspected => launch.arg("--inspected"),
        _ => launch,
    };
    let mut running = launch.start()?;
    let line = running.stdout.wait_for("the proxy's port", PATIENCE, whole_line).await?;
    let mut words = line.split(' ').skip(1);
    let (port, path) = (words.next().context("no port")?, words.next().context("no path")?);
    let site = Site::enter(&Url::parse(&format!("http://localhost:{port}{path}"))?).await?;
    Ok((site, Some(Process::of(running, sandbox))))
}

async fn rivals(rival: Rival, server: &Server) -> Result<(Site, Option<Process>)> {
    let sandbox = Sandbox::new()?;
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let folder = server.statics.join("static");
    let running = rival.launch(&sandbox, port, server.port, &folder)?.start()?;
    // Nothing says when it listens. A look costs it as little as possible.
    let listening = async {
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, listening).await;
    waited.with_context(|| format!("{}: {}", rival.name(), running.stderr.text()))?;
    Ok((Site::on(port), Some(Process::of(running, sandbox))))
}

impl Process {
    fn of(running: Running, sandbox: Sandbox) -> Self {
        Self { tree: Tree::below(running.id()), _running: running, _sandbox: sandbox }
    }
}

/// The first line, when all of it is there.
pub fn whole_line(text: &str) -> Option<String> {
    text.split_once('\n').map(|(line, _)| line.to_owned())
}
