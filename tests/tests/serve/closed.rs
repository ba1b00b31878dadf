//! Who else is on the machine: other users, other programs, and whoever reads what was written down.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use http::header::{CONNECTION, ORIGIN, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use http::{HeaderName, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use walkdir::WalkDir;
use waterskin_tests::{
    Ask, NEWEST, PATIENCE, Page, Result, Sandbox, Served, ServedOptions, Site, Venv, app,
    as_stranger, eventually, is_root, python_socket, servers, skipped,
};

const FOREIGN: &str = "https://attacker.example";

async fn served(sandbox: &Sandbox, version: &str) -> Result<Served> {
    let venv = Venv::with_streamlit(version).await?;
    let folder = sandbox.copy(&app("stages"), "closed")?;
    Served::start(sandbox, &folder, &venv, ServedOptions::default()).await
}

/// The cookie's value and the token's, which nobody else may learn.
fn secrets(served: &Served, site: &Site) -> Vec<String> {
    let cookie = site.cookie.as_deref().and_then(|it| it.split_once('=')).map(|it| it.1.to_owned());
    let token = served.entry.query_pairs().find(|(name, _)| name == "token");
    let secrets: Vec<String> =
        cookie.into_iter().chain(token.map(|(_, value)| value.into_owned())).collect();
    assert!(secrets.len() == 2 && secrets.iter().all(|it| it.len() == 64), "256 bits each");
    secrets
}

#[tokio::test]
async fn another_user_of_the_machine_is_refused() -> Result<()> {
    if !is_root() {
        skipped("only root can run programs as another user");
        return Ok(());
    }
    let sandbox = Sandbox::new()?;
    let served = served(&sandbox, NEWEST).await?;
    let site = served.enter().await?;
    assert_eq!(site.get("/_stcore/health").await?.text(), "ok", "Python is up");
    let socket = python_socket(&sandbox).await?;
    let stranger = |program: &str, arguments: &[&str]| {
        as_stranger(sandbox.launch(program).args(arguments).directory("/"))
    };
    // The folders above are made open, so that only the socket's own folder keeps others out.
    let folder = socket.parent().unwrap_or(&socket);
    for above in folder.ancestors().skip(1).take_while(|it| it.starts_with(sandbox.path())) {
        fs_err::set_permissions(above, std::fs::Permissions::from_mode(0o755))?;
    }
    let status = ["-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "30"];
    let page = format!("http://localhost:{}/", site.port);
    let asked = stranger("/usr/bin/curl", &[&status[..], &[&page]].concat());
    assert_eq!(asked.finish(PATIENCE).await?.success()?.stdout, "403", "the port is open to all");
    // Browsers send the cookie to whoever listens on another port of `localhost`.
    let cookie = site.cookie.as_deref().unwrap_or_default();
    let with_cookie = [&status[..], &["--cookie", cookie, &page]].concat();
    let own = sandbox.launch("/usr/bin/curl").args(&with_cookie);
    assert_eq!(own.finish(PATIENCE).await?.success()?.stdout, "200", "the cookie is right");
    let stolen = stranger("/usr/bin/curl", &with_cookie);
    assert_eq!(stolen.finish(PATIENCE).await?.success()?.stdout, "403", "with a stolen cookie");
    let path = socket.to_string_lossy();
    let direct = ["--unix-socket", &path, "http://localhost/_stcore/health"];
    let direct = stranger("/usr/bin/curl", &[&status[..], &direct].concat());
    assert_eq!(direct.finish(PATIENCE).await?.code, Some(7), "curl's code for no connection");
    let listed = stranger("/bin/ls", &[&folder.to_string_lossy()]).finish(PATIENCE).await?;
    assert_ne!(listed.code, Some(0), "the folder is closed");

    // What `ps` and its like show to everybody has no secret in it; the rest is not shown.
    let secrets = secrets(&served, &site);
    for process in sandbox.ours().alive() {
        for secret in &secrets {
            assert!(!process.command.contains(secret), "{}", process.command);
        }
        let environment = format!("/proc/{}/environ", process.id.as_raw_nonzero());
        let read = stranger("/bin/cat", &[&environment]).finish(PATIENCE).await?;
        assert_ne!(read.code, Some(0), "{}: its environment is readable", process.command);
    }
    Ok(())
}

/// A run, a refusal of each kind, and an end; then everything that was written anywhere.
#[tokio::test]
async fn no_secret_is_written_down() -> Result<()> {
    for version in servers() {
        let sandbox = Sandbox::new()?;
        let venv = Venv::with_streamlit(version).await?;
        let folder = sandbox.copy(&app("stages"), "closed")?;
        let options = ServedOptions { trace: Some("trace.jsonl".into()), ..Default::default() };
        let served = Served::start(&sandbox, &folder, &venv, options).await?;
        let site = served.enter().await?;
        assert!(Page::open(&site).await?.run().await?.has("The last text."));
        // Without the cookie: whoever has it is led to the app by a used token too.
        let stranger = Site::on(served.port()?);
        let refused = [
            (&site, Ask::get("/?secret").header(ORIGIN, FOREIGN)),
            // The token again, and one that is wrong.
            (&stranger, Ask::get(&served.entry[url::Position::BeforePath..])),
            (&stranger, Ask::get("/_waterskin/enter?token=0")),
        ];
        for (asking, ask) in refused {
            assert_eq!(asking.ask(ask).await?.status, StatusCode::FORBIDDEN);
        }
        let secrets = secrets(&served, &site);
        let mut environments = Vec::new();
        for process in sandbox.ours().alive() {
            let id = process.id.as_raw_nonzero();
            for file in ["cmdline", "environ"] {
                environments.push(fs_err::read(format!("/proc/{id}/{file}")).unwrap_or_default());
            }
        }
        assert!(environments.iter().any(|it| !it.is_empty()));
        let [stdout, stderr] = [served.command.stdout.text(), served.command.stderr.text()];
        served.stop(PATIENCE).await?;
        let mut read = 0;
        for entry in WalkDir::new(sandbox.path()) {
            let entry = entry?;
            if entry.file_type().is_file() {
                let content = fs_err::read(entry.path())?;
                assert_none(&secrets, &content, entry.path());
                read += 1;
            }
        }
        assert!(read > 3, "there are files of the app and its log");
        let trace = fs_err::read_to_string(sandbox.work().join("trace.jsonl"))?;
        assert!(trace.contains("/_waterskin/enter"), "the trace tells of the entry");
        for environment in environments {
            assert_none(&secrets, &environment, Path::new("/proc"));
        }
        assert_none(&secrets, stderr.as_bytes(), Path::new("stderr"));
        // The one place: the address that a person is to open.
        assert_eq!(stdout.matches(&secrets[1]).count(), 1);
        assert!(!stdout.contains(&secrets[0]));
    }
    Ok(())
}

fn assert_none(secrets: &[String], content: &[u8], place: &Path) {
    for secret in secrets {
        let found = content.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "a secret is in {}", place.display());
    }
}

#[tokio::test]
async fn guesses_neither_open_nor_close_the_gate() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let served = served(&sandbox, NEWEST).await?;
    let stranger = Site::on(served.port()?);
    for guess in 0..500 {
        let token = format!("/_waterskin/enter?token={guess:064x}");
        assert_eq!(stranger.ask(Ask::get(token)).await?.status, StatusCode::FORBIDDEN);
    }
    let site = served.enter().await?;
    assert_eq!(site.get("/_stcore/health").await?.text(), "ok");
    assert!(served.enter().await.is_err(), "the right one works once");
    Ok(())
}

/// Streamlit looks up the machine's own address on the internet before it refuses an Origin that it
/// does not know (`web/server/server_util.py`, 1.67.0). Behind the proxy it is never asked.
#[tokio::test]
async fn a_foreign_origin_makes_python_call_nobody() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let served = served(&sandbox, NEWEST).await?;
    let site = served.enter().await?;
    assert_eq!(site.get("/_stcore/health").await?.text(), "ok", "Python is up");
    let socket = python_socket(&sandbox).await?;

    // Every `connect` of Python is written down and fails, so that nothing is called in truth.
    let pythons = sandbox.ours().alive();
    let pythons = pythons.iter().filter(|it| it.executable.to_string_lossy().contains("python"));
    let pythons: Vec<String> =
        pythons.flat_map(|it| ["-p".to_owned(), it.id.as_raw_nonzero().to_string()]).collect();
    assert!(!pythons.is_empty());
    let record = sandbox.work().join("connects");
    let strace = sandbox.launch("/usr/bin/strace").args(["-f", "-e", "trace=connect"]);
    let strace = strace.args(["-e", "inject=connect:error=ENETUNREACH", "-o"]).arg(&record);
    let strace = strace.args(&pythons).start()?;
    eventually("strace to be attached", PATIENCE, async || {
        Ok(strace.stderr.text().contains("attached").then_some(()))
    })
    .await?;
    let calls = || -> Result<Vec<String>> {
        let text = fs_err::read_to_string(&record)?;
        let calls = text.lines().filter(|line| line.contains("connect("));
        Ok(calls.map(str::to_owned).collect())
    };

    let upgrade = [
        (CONNECTION, "Upgrade"),
        (UPGRADE, "websocket"),
        (SEC_WEBSOCKET_VERSION, "13"),
        (SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ=="),
        (HeaderName::from_static("sec-websocket-protocol"), "streamlit"),
        (ORIGIN, FOREIGN),
    ];
    let ask = upgrade
        .iter()
        .fold(Ask::get("/_stcore/stream"), |ask, (name, value)| ask.header(name.clone(), value));
    assert_eq!(site.ask(ask).await?.status, StatusCode::FORBIDDEN);
    assert_eq!(site.get("/_stcore/health").await?.text(), "ok", "Python has come round since");
    assert_eq!(calls()?, [""; 0], "Python called somebody");

    // The same past the proxy: this is what it would do, and that it would be seen here.
    let mut python = UnixStream::connect(&socket).await?;
    let fields: String =
        upgrade.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head =
        format!("GET /_stcore/stream HTTP/1.1\r\nHost: localhost:{}\r\n{fields}\r\n", site.port);
    python.write_all(head.as_bytes()).await?;
    let mut answer = vec![0; 12];
    tokio::time::timeout(PATIENCE, python.read_exact(&mut answer)).await??;
    assert_eq!(answer, b"HTTP/1.1 403");
    eventually("Python's calls", PATIENCE, async || {
        let inet = calls()?.iter().any(|call| call.contains("AF_INET"));
        Ok(inet.then_some(()))
    })
    .await
}
