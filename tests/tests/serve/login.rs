//! `st.login` by a provider: item 47 of the conformance list (docs/conformance.md). The way back
//! comes from another site, through the gate, to an address that the provider fixed.

use waterskin_tests::{
    Engine, PATIENCE, Port, Provider, Result, Sandbox, Served, ServedOptions, Venv, app, skipped,
};

async fn logs_in_and_out(engine: Engine, version: &str) -> Result<()> {
    let sandbox = Sandbox::new()?;
    let Some((window, _desktop)) = engine.start(&sandbox).await? else {
        skipped(&format!("{engine:?} is not on this machine"));
        return Ok(());
    };
    let venv = Venv::with_login(version).await?;
    let provider = Provider::start(&sandbox, &venv, "Zoë", "zoe@example.org").await?;
    let folder = sandbox.copy(&app("login"), "login é")?;
    // The address is in the app's secrets, so the port has to be known before.
    let reserved = Port::reserve()?;
    let port = reserved.number();
    fs_err::create_dir(folder.join(".streamlit"))?;
    fs_err::write(folder.join(".streamlit/secrets.toml"), provider.secrets(port))?;
    let options = ServedOptions { port, ..ServedOptions::default() };
    let served = Served::start(&sandbox, &folder, &venv, options).await?;
    assert_eq!(served.port()?, port);
    window.client.goto(served.entry.as_str()).await?;

    window.shows("Nobody is logged in.", PATIENCE).await?;
    window.click("Log in").await?;
    window.shows("Provider", PATIENCE).await?;
    assert_eq!(window.script("return location.origin").await?, provider.issuer.as_str());
    window.find("#agree").await?.click().await?;
    window.shows("Hello Zoë of zoe@example.org.", PATIENCE).await?;
    let address = window.script("return location.href").await?;
    assert_eq!(address, format!("http://localhost:{port}/").as_str());

    window.script("location.reload()").await?;
    window.shows("Hello Zoë of zoe@example.org.", PATIENCE).await?;
    window.click("Log out").await?;
    window.shows("Nobody is logged in.", PATIENCE).await?;
    Ok(())
}

mod chromium {
    use waterskin_tests::{Engine, Result};

    #[tokio::test]
    async fn tornado_streamlit() -> Result<()> {
        super::logs_in_and_out(Engine::Chromium, waterskin_tests::TORNADO).await
    }

    #[tokio::test]
    async fn newest_streamlit() -> Result<()> {
        super::logs_in_and_out(Engine::Chromium, waterskin_tests::NEWEST).await
    }
}

/// In WebKitGTK's small browser. The app's own window is tested with both in `window/login.rs`.
mod long {
    use waterskin_tests::{Engine, Result};

    #[tokio::test]
    async fn tornado_streamlit() -> Result<()> {
        super::logs_in_and_out(Engine::WebKit, waterskin_tests::TORNADO).await
    }

    #[tokio::test]
    async fn newest_streamlit() -> Result<()> {
        super::logs_in_and_out(Engine::WebKit, waterskin_tests::NEWEST).await
    }
}
