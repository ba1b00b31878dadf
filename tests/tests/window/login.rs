//! `st.login` from the app's own window: the provider is shown in the system's browser, which is
//! Chromium here, and the window goes on.

use std::net::TcpListener;
use std::path::PathBuf;

use http::StatusCode;
use http::header::HeaderName;
use waterskin_tests::{
    Ask, Case, Desktop, NEWEST, PATIENCE, Port, Provider, Result, Running, Sandbox, Site, TORNADO,
    Unpacked, Venv, Window, app, eventually,
};

/// The app `login` in its window, with a provider that refuses web views.
struct Login {
    case: Case,
    provider: Provider,
    port: u16,
    _reserved: Port,
    opened: PathBuf,
}

impl Login {
    async fn new(version: &str) -> Result<Self> {
        let sandbox = Sandbox::new()?;
        let venv = Venv::with_login(version).await?;
        let provider = Provider::strict(&sandbox, &venv, "Zoë", "zoe@example.org").await?;
        let project = sandbox.copy(&app("login"), "Fenêtre 'n' \"co\"")?;
        let reserved = Port::reserve()?;
        let port = reserved.number();
        fs_err::create_dir(project.join(".streamlit"))?;
        fs_err::write(project.join(".streamlit/secrets.toml"), provider.secrets(port))?;
        let desktop = Desktop::start(&sandbox, None).await?;
        let opened = sandbox.stub("xdg-open")?;
        let case = Case { sandbox, desktop, project, python: venv.python() };
        Ok(Self { case, provider, port, _reserved: reserved, opened })
    }

    async fn window(&self) -> Result<Window> {
        let port = format!("--port={}", self.port);
        let arguments = self.case.arguments();
        let arguments = arguments.iter().map(String::as_str);
        let arguments: Vec<&str> =
            arguments.map(|it| if it == "--port=0" { port.as_str() } else { it }).collect();
        let program = self.case.talkative()?;
        let window =
            Window::open(&self.case.sandbox, &self.case.desktop, None, &program, &arguments)
                .await?;
        window.shows("Nobody is logged in.", PATIENCE).await?;
        Ok(window)
    }

    /// The addresses that the system's browser was asked to open, as soon as there are `count`.
    async fn outside(&self, count: usize) -> Result<Vec<String>> {
        eventually(&format!("{count} addresses in the system's browser"), PATIENCE, async || {
            let calls = fs_err::read_to_string(&self.opened)?;
            let calls: Vec<String> = calls.lines().map(str::to_owned).collect();
            Ok((calls.len() == count).then_some(calls))
        })
        .await
    }

    /// A program that has the port before the app.
    async fn another_program(&self) -> Result<Running> {
        let script = "import socket, sys, time\n\
             taken = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
             print('taken', flush=True)\ntime.sleep(3600)";
        let other = self.case.sandbox.launch(&self.case.python).args(["-c", script]);
        let mut other = other.arg(self.port.to_string()).start()?;
        let taken = |output: &str| output.contains("taken").then_some(());
        other.stdout.wait_for("the port to be taken", PATIENCE, taken).await?;
        Ok(other)
    }

    /// What the gate says to a website that sends a browser to this path.
    async fn website(&self, path: &str) -> Result<StatusCode> {
        let field = HeaderName::from_static;
        let ask = Ask::get(path)
            .header(field("sec-fetch-site"), "cross-site")
            .header(field("sec-fetch-mode"), "navigate")
            .header(field("sec-fetch-dest"), "document");
        Ok(Site::on(self.port).ask(ask).await?.status)
    }
}

async fn goes_by_the_systems_browser(version: &str) -> Result<()> {
    let it = Login::new(version).await?;
    let window = it.window().await?;
    let callback = "/oauth2callback?code=c&state=guessed";
    assert_eq!(it.website(callback).await?, StatusCode::FORBIDDEN, "no login was begun");

    window.click("Log in").await?;
    let out = it.outside(1).await?.remove(0);
    let own = format!("http://localhost:{}/_waterskin/leave?token=", it.port);
    assert!(out.starts_with(&own), "{out}");
    it.case.desktop.seen().shows("Go on in your browser").await?;
    it.case.desktop.screenshot(&format!("login-outside-{version}")).await?;
    window.shows("Nobody is logged in.", PATIENCE).await?;
    assert!(!it.provider.process.stdout.text().contains("/authorize"), "the window went there");
    assert_eq!(it.website(callback).await?, StatusCode::FORBIDDEN, "another state");

    let browser = Window::chromium(&it.case.sandbox, &["--window-size=900,600"]).await?;
    browser.client.goto(&out).await?;
    browser.shows("Provider", PATIENCE).await?;
    assert_eq!(browser.script("return location.origin").await?, it.provider.issuer.as_str());
    assert_eq!(browser.script("return document.referrer").await?, "");
    browser.find("#agree").await?.click().await?;
    browser.shows("Go back to Login é", PATIENCE).await?;
    let picture = browser.client.screenshot().await?;
    let folder = it.case.desktop.screenshot(&format!("login-back-{version}")).await?;
    fs_err::write(folder.with_file_name(format!("login-browser-{version}.png")), picture)?;
    window.shows("Hello Zoë of zoe@example.org.", PATIENCE).await?;
    let address = window.script("return location.href").await?;
    assert_eq!(address, format!("http://localhost:{}/", it.port).as_str());
    let told = it.case.desktop.seen().text().await?;
    assert!(!told.contains("Go on in your browser"), "it still sends people away: {told}");

    // What the browser came back with is good for nothing now, and the way out neither.
    let used = browser.script("return location.href").await?;
    let used = used.as_str().unwrap_or_default().to_owned();
    let path = used.replace(&format!("http://localhost:{}", it.port), "");
    assert!(path.starts_with("/oauth2callback?code="), "{used}");
    assert_eq!(it.website(&path).await?, StatusCode::FORBIDDEN, "a replay");
    let path = out.replace(&format!("http://localhost:{}", it.port), "");
    assert_eq!(it.website(&path).await?, StatusCode::FORBIDDEN, "the way out once more");

    // None of it stands in the log, though that writes all it can.
    let state = url::Url::parse(&used)?;
    let state = state.query_pairs().find(|(name, _)| name == "state");
    let state = state.map(|(_, state)| state.into_owned()).unwrap_or_default();
    assert!(state.len() > 10, "{used}");
    let mut logs = 0;
    for file in walkdir::WalkDir::new(it.case.sandbox.home()).into_iter().flatten() {
        if file.path().extension().is_some_and(|it| it == "log") {
            let text = fs_err::read_to_string(file.path())?;
            logs += usize::from(text.contains("TRACE"));
            assert!(!text.contains(&state), "the state is in {}", file.path().display());
        }
    }

    assert!(logs > 0, "there is no log");

    window.click("Log out").await?;
    window.shows("Nobody is logged in.", PATIENCE).await?;
    // Streamlit tells the provider of that from 1.53 on.
    if version != TORNADO {
        let out = it.outside(2).await?.remove(1);
        browser.client.goto(&out).await?;
        browser.find("#agree").await?.click().await?;
        browser.shows("Go back to Login é", PATIENCE).await?;
        window.shows("Nobody is logged in.", PATIENCE).await?;
    }
    Ok(())
}

#[tokio::test]
async fn by_the_systems_browser_tornado_streamlit() -> Result<()> {
    goes_by_the_systems_browser(TORNADO).await
}

#[tokio::test]
async fn by_the_systems_browser_newest_streamlit() -> Result<()> {
    goes_by_the_systems_browser(NEWEST).await
}

/// The packaged app, which got all that a provider needs from its user.
#[tokio::test]
async fn a_packaged_app_logs_in() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let venv = Venv::with_login(NEWEST).await?;
    let provider = Provider::strict(&sandbox, &venv, "Zoë", "zoe@example.org").await?;
    let unpacked = Unpacked::of(&app("login"), &sandbox).await?;
    let reserved = Port::reserve()?;
    let port = reserved.number();
    let manifest = unpacked.folder().join("payload/manifest.json");
    let text = fs_err::read_to_string(&manifest)?;
    let own = format!("\"port\": {port}");
    assert!(text.contains("\"port\": 8501"), "{text}");
    fs_err::write(&manifest, text.replace("\"port\": 8501", &own))?;
    let kept = sandbox.home().join(".local/share/org.waterskin.login/secrets.json");
    fs_err::create_dir_all(kept.parent().unwrap_or(&kept))?;
    fs_err::write(&kept, provider.kept(port))?;
    let opened = sandbox.stub("xdg-open")?;
    let desktop = Desktop::start(&sandbox, None).await?;
    let window = Window::open(&sandbox, &desktop, None, &unpacked.program()?, &[]).await?;
    window.shows("Nobody is logged in.", PATIENCE).await?;
    window.click("Log in").await?;
    let out = eventually("an address in the system's browser", PATIENCE, async || {
        Ok(fs_err::read_to_string(&opened)?.lines().next().map(str::to_owned))
    })
    .await?;
    let browser = Window::chromium(&sandbox, &["--window-size=900,600"]).await?;
    browser.client.goto(&out).await?;
    browser.find("#agree").await?.click().await?;
    browser.shows("Go back to Login é", PATIENCE).await?;
    let picture = browser.client.screenshot().await?;
    window.shows("Hello Zoë of zoe@example.org.", PATIENCE).await?;
    let folder = desktop.screenshot("login-packaged").await?;
    fs_err::write(folder.with_file_name("login-packaged-browser.png"), picture)?;
    // Who has logged in stays so.
    drop(window);
    let window = Window::open(&sandbox, &desktop, None, &unpacked.program()?, &[]).await?;
    window.shows("Hello Zoë of zoe@example.org.", PATIENCE).await
}

/// The provider sends people to a fixed port, which another program has.
#[tokio::test]
async fn a_taken_port_is_told_with_the_program_that_has_it() -> Result<()> {
    let it = Login::new(NEWEST).await?;
    let other = it.another_program().await?;
    let window = it.window().await?;
    window.click("Log in").await?;
    let seen = it.case.desktop.seen();
    seen.shows("You cannot sign in now").await?;
    seen.shows(&format!("over port {} of this computer, which the program “python", it.port))
        .await?;
    it.case.desktop.screenshot("login-port-taken").await?;
    window.shows("Nobody is logged in.", PATIENCE).await?;
    assert_eq!(it.outside(0).await?, Vec::<String>::new());
    seen.press("push button", "Close").await?;
    seen.hides("You cannot sign in now").await?;

    drop(other);
    eventually("the port to be free", PATIENCE, async || {
        Ok(TcpListener::bind(("127.0.0.1", it.port)).is_ok().then_some(()))
    })
    .await?;
    window.click("Log in").await?;
    seen.shows("which another program was using when this app was opened").await
}

/// Where the provider takes any port, a taken one is no matter.
#[tokio::test]
async fn with_any_port_a_taken_one_is_no_matter() -> Result<()> {
    let it = Login::new(NEWEST).await?;
    let secrets = it.case.project.join(".streamlit/secrets.toml");
    let text = fs_err::read_to_string(&secrets)?;
    let (fixed, any) = (format!("http://localhost:{}/", it.port), "http://localhost:{port}/");
    assert!(text.contains(&fixed), "{text}");
    fs_err::write(&secrets, text.replace(&fixed, any))?;
    let _other = it.another_program().await?;
    let window = it.window().await?;
    window.click("Log in").await?;
    let out = it.outside(1).await?.remove(0);
    assert!(!out.starts_with(&fixed), "{out}");
    let browser = Window::chromium(&it.case.sandbox, &[]).await?;
    browser.client.goto(&out).await?;
    browser.find("#agree").await?.click().await?;
    browser.shows("Go back to Login é", PATIENCE).await?;
    window.shows("Hello Zoë of zoe@example.org.", PATIENCE).await
}

/// The author forgot to change the address when the app was packaged.
#[tokio::test]
async fn an_address_that_is_not_the_apps_is_told() -> Result<()> {
    let it = Login::new(NEWEST).await?;
    let secrets = it.case.project.join(".streamlit/secrets.toml");
    let text = fs_err::read_to_string(&secrets)?;
    let own = format!("http://localhost:{}/", it.port);
    fs_err::write(&secrets, text.replace(&own, "https://app.example/"))?;
    let window = it.window().await?;
    window.click("Log in").await?;
    let seen = it.case.desktop.seen();
    seen.shows("leads to https://app.example/oauth2callback, and not back to this window").await?;
    it.case.desktop.screenshot("login-misled").await?;
    assert_eq!(it.outside(0).await?, Vec::<String>::new());
    window.shows("Nobody is logged in.", PATIENCE).await
}
