//! The four stages of a load, each on its own, on the Streamlits with the old and the new server.

use std::collections::BTreeSet;

use http::StatusCode;
use http::header::{CONTENT_TYPE, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_PROTOCOL, SET_COOKIE};
use regex::Regex;
use waterskin_tests::{
    Ask, NEWEST, Page, Result, Sandbox, Served, ServedOptions, Site, Status, Tag, Venv, Widget, app,
};

/// An app that is served, and all that it needs as long as it lives.
struct Case {
    venv: Venv,
    served: Served,
    // Last: it ends what the others started.
    _sandbox: Sandbox,
}

impl Case {
    async fn of(version: &str) -> Result<Self> {
        let sandbox = Sandbox::new()?;
        let venv = Venv::with_streamlit(version).await?;
        let folder = sandbox.copy(&app("stages"), "Bücher \"und\" mehr's")?;
        let served = Served::start(&sandbox, &folder, &venv, ServedOptions::default()).await?;
        Ok(Self { venv, served, _sandbox: sandbox })
    }
}

/// Stage 1: the token opens the gate once, for whoever brings it, and the page is there at once.
async fn first_contact(version: &str) -> Result<()> {
    let case = Case::of(version).await?;
    let stranger = Site::on(case.served.port()?);
    assert_eq!(stranger.ask(Ask::get("/")).await?.status, StatusCode::FORBIDDEN);

    let entry = &case.served.entry;
    let path = &entry[url::Position::BeforePath..];
    let entered = stranger.ask(Ask::get(path)).await?;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);
    let cookie = entered.header(&SET_COOKIE).unwrap_or_default();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "`{cookie}` has no {attribute}");
    }
    let again = stranger.ask(Ask::get(path)).await?;
    assert_eq!(again.status, StatusCode::FORBIDDEN, "a token works once");

    let cookie = cookie.split(';').next().map(str::to_owned);
    let site = Site { cookie, ..stranger };
    let page = site.get("/").await?;
    assert_eq!(page.header(&CONTENT_TYPE), Some("text/html; charset=utf-8"));
    let v6 = Site { address: std::net::Ipv6Addr::LOCALHOST.into(), ..site };
    assert_eq!(v6.get("/").await?.body, page.body, "`localhost` may be either address");
    Ok(())
}

/// Stage 2: the page and every script, style and font that it names come as Streamlit's files are.
async fn page_and_scripts(version: &str) -> Result<()> {
    let case = Case::of(version).await?;
    let site = case.served.enter().await?;
    let files = case.venv.streamlit_static();
    let page = site.get("/").await?;
    assert_eq!(page.body, fs_err::read(files.join("index.html"))?);

    let named = Regex::new(r#"(?:src|href)="\./([^"]+)""#)?;
    let html = page.text();
    let named: BTreeSet<&str> =
        named.captures_iter(&html).filter_map(|found| Some(found.get(1)?.as_str())).collect();
    assert!(named.iter().any(|path| path.ends_with(".js")), "no script in {named:?}");
    // Newer pages also name a description of Python's own interface.
    for path in named.into_iter().filter(|path| !path.starts_with("_stcore/")) {
        let answer = site.get(&format!("/{path}")).await?;
        assert_eq!(answer.body, fs_err::read(files.join(path))?, "{path}");
        let kind = answer.header(&CONTENT_TYPE).unwrap_or_default();
        let right = match path.rsplit_once('.').map(|(_, extension)| extension) {
            Some("js") => kind.contains("javascript"),
            Some("css") => kind.starts_with("text/css"),
            Some("png") => kind == "image/png",
            Some("json") => kind.contains("json"),
            Some("woff2") => kind == "font/woff2",
            _ => true,
        };
        assert!(right, "{path} came as `{kind}`");
    }
    Ok(())
}

/// Stage 3: the server's 101 arrives with the subprotocol echoed, without which browsers other
/// than WebKitGTK drop the connection. The request is held until Python can answer it.
async fn upgrade(version: &str) -> Result<()> {
    let case = Case::of(version).await?;
    let site = case.served.enter().await?;
    let page = Page::open(&site).await?;
    assert_eq!(page.handshake.status(), StatusCode::SWITCHING_PROTOCOLS);
    assert_eq!(page.handshake_header(&SEC_WEBSOCKET_PROTOCOL), Some("streamlit"));
    assert_eq!(page.handshake_header(&SEC_WEBSOCKET_EXTENSIONS), None);
    let health = site.get("/_stcore/health").await?;
    assert_eq!(health.text(), "ok");
    Ok(())
}

/// Stage 4: messages go both ways, pings are answered by Python, and a lost connection finds its
/// session again.
async fn messages(version: &str) -> Result<()> {
    let case = Case::of(version).await?;
    let site = case.served.enter().await?;
    let mut page = Page::open(&site).await?;
    let run = page.run().await?;
    assert_eq!(run.messages.first().map(|message| message.tag), Some(Tag::NewSession));
    assert_eq!(run.status(), Some(Status::Finished));
    assert!(run.has("Level is 10.") && run.has("The last text."));
    page.ping(b"waterskin").await?;

    let run = page.set(&run.widget("level")?, Widget::slider(42.0)).await?;
    assert!(run.has("Level is 42."), "the slider's value came to Python and back");
    let run = page.set(&run.widget("name")?, Widget::text("Zoë 'n' \u{1f400}")).await?;
    assert!(run.has("Zoë 'n' \u{1f400}"));

    let session = page.session()?.to_owned();
    drop(page);
    let mut page = Page::resume(&site, &session).await?;
    assert!(page.run().await?.has("Run 4."), "the third subprotocol came to Python");
    Ok(())
}

/// The same four tests for one version of Streamlit.
macro_rules! stages {
    ($module:ident, $version:expr) => {
        mod $module {
            use waterskin_tests::Result;

            #[tokio::test]
            async fn stage_1_first_contact() -> Result<()> {
                crate::stages::first_contact($version).await
            }

            #[tokio::test]
            async fn stage_2_page_and_scripts() -> Result<()> {
                crate::stages::page_and_scripts($version).await
            }

            #[tokio::test]
            async fn stage_3_upgrade() -> Result<()> {
                crate::stages::upgrade($version).await
            }

            #[tokio::test]
            async fn stage_4_messages() -> Result<()> {
                crate::stages::messages($version).await
            }
        }
    };
}

stages!(oldest_streamlit, waterskin_tests::OLDEST);
stages!(newest_streamlit, waterskin_tests::NEWEST);

mod long {
    stages!(tornado_streamlit, waterskin_tests::TORNADO);
}

#[tokio::test]
async fn a_message_of_70_mb_passes_whole() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let venv = Venv::with_streamlit(NEWEST).await?;
    let folder = sandbox.copy(&app("big"), "big")?;
    let served = Served::start(&sandbox, &folder, &venv, ServedOptions::default()).await?;
    let mut page = Page::open(&served.enter().await?).await?;
    let run = page.run().await?;
    assert_eq!(run.status(), Some(Status::Finished));
    let largest = run.deltas().map(|delta| delta.bytes.len()).max();
    assert!(largest > Some(64 << 20), "the largest message has {largest:?} bytes");
    assert!(run.has("After the chart."));
    Ok(())
}
