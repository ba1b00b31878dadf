use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use futures_util::StreamExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::case::{Case, Host, Scheme};
use super::certificate::Authority;
use super::homemade;
use super::place::{ADDRESS, Place};
use super::product::Product;
use super::server::Streamlit;
use super::verdict::Verdict;
use crate::{PATIENCE, Port, Result, Running, Sandbox, Venv, cli, eventually};

/// How long the command may wait for any one answer, in seconds.
const TIMEOUT: &str = "20";

/// How long it may take for all of a host.
const LIMIT: Duration = Duration::from_secs(180);

/// Address space that it may take. A server that sends without an end has sent as much in seconds.
const MEMORY: &str = "--as=2147483648";

/// How many hosts are looked at side by side.
const AT_ONCE: usize = 3;

/// Hosts that run, each at an address of its own.
#[derive(Debug)]
pub struct Lab {
    version: &'static str,
    addresses: BTreeMap<&'static str, String>,
    app: Streamlit,
    authority: Authority,
    cookie: PathBuf,
    _others: Vec<Streamlit>,
    _programs: Vec<Running>,
    _servers: JoinSet<()>,
    _ports: Vec<Port>,
    /// Last: it ends what the others started.
    sandbox: Sandbox,
}

impl Lab {
    /// Sets up the hosts of these cases in front of this version of Streamlit, and waits until all
    /// of them can be asked. Every product that they need has to be there.
    pub async fn start(version: &'static str, cases: &[&'static Case]) -> Result<Self> {
        let sandbox = Sandbox::new()?;
        let venv = Venv::with_streamlit(version).await?;
        let app = Streamlit::start(&sandbox, &venv, "")?;
        let other = |mark: &str, base| -> Result<Option<Streamlit>> {
            let wanted = cases.iter().any(|case| case.mentions(mark));
            wanted.then(|| Streamlit::start(&sandbox, &venv, base)).transpose()
        };
        let (second, based) = (other("{second}", "")?, other("{based}", "app")?);
        let authority = Authority::make(&sandbox).await?;
        let dead = Port::reserve()?;
        let authority_of = |server: &Option<Streamlit>| {
            server.as_ref().map(Streamlit::authority).unwrap_or_default()
        };
        let filled = |text: &str| {
            text.replace("{app}", &app.authority())
                .replace("{second}", &authority_of(&second))
                .replace("{based}", &authority_of(&based))
                .replace("{dead}", &format!("127.0.0.1:{}", dead.number()))
        };

        let streamlit = SocketAddr::from(([127, 0, 0, 1], app.port()));
        let mut servers = JoinSet::new();
        let mut ports = Vec::new();
        let mut places: BTreeMap<&str, (Product, Vec<Place>)> = BTreeMap::new();
        let mut addresses = BTreeMap::new();
        for case in cases {
            let authority = match case.host {
                Host::Streamlit => app.authority(),
                Host::Based => authority_of(&based),
                Host::Nothing => format!("{ADDRESS}:{}", dead.number()),
                Host::NoName => "no-such-host.invalid".to_owned(),
                Host::HomeMade(manner) => {
                    let listener = TcpListener::bind((ADDRESS, 0)).await?;
                    let address = listener.local_addr()?;
                    servers.spawn(homemade::serve(listener, manner, streamlit));
                    address.to_string()
                }
                Host::Product(product, text) => {
                    let port = Port::reserve()?;
                    let place = Place {
                        name: case.name,
                        port: port.number(),
                        certificate: case.scheme.certificate(&authority).cloned(),
                        text: filled(text),
                    };
                    let all = places.entry(product.name()).or_insert((product, Vec::new()));
                    all.1.push(place);
                    ports.push(port);
                    format!("{ADDRESS}:{}", ports[ports.len() - 1].number())
                }
            };
            let address = format!("{}://{authority}{}", case.scheme.name(), case.path);
            addresses.insert(case.name, address);
        }

        let mut programs = Vec::new();
        for (name, (product, places)) in &places {
            let folder = sandbox.work().join(name);
            programs.push(product.launch(&sandbox, &folder, places)?.start()?);
        }
        for (program, (product, places)) in programs.iter().zip(places.values()) {
            for place in places {
                listening(place.port).await.with_context(|| {
                    let Running { stdout, stderr, .. } = program;
                    format!("{}: {}\n{}", product.name(), stdout.text(), stderr.text())
                })?;
            }
        }
        for server in [Some(&app), second.as_ref(), based.as_ref()].into_iter().flatten() {
            server.ready().await?;
        }

        let cookie = sandbox.work().join("cookie");
        fs_err::write(&cookie, format!("sso={}", "0123456789abcdef".repeat(576)))?;
        ports.push(dead);
        Ok(Self {
            version,
            addresses,
            app,
            authority,
            cookie,
            _others: second.into_iter().chain(based).collect(),
            _programs: programs,
            _servers: servers,
            _ports: ports,
            sandbox,
        })
    }

    /// Where a case is.
    pub fn address(&self, case: &Case) -> Result<&str> {
        let address = self.addresses.get(case.name);
        address.map(String::as_str).with_context(|| format!("`{}` was not set up", case.name))
    }

    /// Has the command look at a host.
    pub async fn ask(&self, case: &Case) -> Result<Verdict> {
        let launch = self.sandbox.launch(cli()?).arg("doctor").arg(self.address(case)?);
        let mut launch = launch.args(["--json", "--timeout", TIMEOUT]);
        if case.scheme == Scheme::Https {
            launch = launch.arg("--ca").arg(&self.authority.certificate);
        }
        let cookie = self.cookie.to_string_lossy();
        let argument = |argument: &&str| {
            argument
                .replace("{cookie}", &cookie)
                .replace("{ca}", self.authority.certificate.as_str())
                .replace("{app}", &self.app.authority())
        };
        let launch = launch.args(case.arguments.iter().map(argument));
        let finished = launch.behind("/usr/bin/prlimit", [MEMORY]).finish(LIMIT).await?;
        Verdict::of(&finished)
    }

    /// Has it look at all of these hosts, prints what it says, and fails where that is not what has
    /// to be said.
    pub async fn judge(&self, cases: &[&Case]) -> Result<()> {
        let one = async |case: &Case| {
            let began = Instant::now();
            let asked = self.ask(case).await;
            let time = began.elapsed().as_secs_f64();
            let expected = case.expected_of(self.version);
            let (line, mut wrong) = match asked {
                Ok(verdict) => (verdict.line(), verdict.complaints(expected)),
                Err(error) => ("nothing".to_owned(), vec![format!("{error:#}")]),
            };
            println!("{:<24} {time:>5.1} s  {line}", case.name);
            wrong.iter_mut().for_each(|text| *text = format!("{}: {text}", case.name));
            wrong
        };
        let all = futures_util::stream::iter(cases.iter().copied().map(one));
        let wrong: Vec<Vec<String>> = all.buffer_unordered(AT_ONCE).collect().await;
        let wrong = wrong.concat();
        anyhow::ensure!(wrong.is_empty(), "on Streamlit {}:\n{}", self.version, wrong.join("\n"));
        Ok(())
    }
}

async fn listening(port: u16) -> Result<()> {
    eventually("a product to listen", PATIENCE, async || {
        Ok(TcpStream::connect((ADDRESS, port)).await.is_ok().then_some(()))
    })
    .await
}
