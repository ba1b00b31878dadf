//! What an author has of `waterskin run`: the script's arguments, and the page that follows it.

use waterskin_tests::{
    Case, NEWEST, PATIENCE, Page, Result, Sandbox, Served, ServedOptions, Venv, eventually, servers,
};

/// A script that shows its arguments, its place and a text that the tests change.
const SCRIPT: &str = "\
import os, sys
import streamlit as st

st.text(f'Arguments: {sys.argv[1:]}')
st.text(f'Script: {os.path.basename(sys.argv[0])} in {os.path.basename(os.getcwd())}')
st.text(f'Name: {__name__}')
st.text('The text before.')
";

#[tokio::test]
async fn the_script_has_its_arguments_folder_and_name() -> Result<()> {
    for version in servers() {
        let sandbox = Sandbox::new()?;
        let venv = Venv::with_streamlit(version).await?;
        let folder = sandbox.work().join("à l'œuvre");
        fs_err::create_dir(&folder)?;
        fs_err::write(folder.join("my app.py"), SCRIPT)?;
        let options = ServedOptions {
            arguments: vec!["--flag".into(), "a \"b\" é".into(), "--".into(), "-x".into()],
            ..ServedOptions::default()
        };
        let served = Served::start(&sandbox, &folder.join("my app.py"), &venv, options).await?;
        let mut page = Page::open(&served.enter().await?).await?;
        let run = page.run().await?;
        for text in [
            "Arguments: ['--flag', 'a \"b\" é', '--', '-x']",
            "Script: my app.py in à l'œuvre",
            "Name: __main__",
        ] {
            assert!(run.has(text), "{version}: {text}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn saving_the_script_runs_it_again() -> Result<()> {
    for version in servers() {
        let sandbox = Sandbox::new()?;
        let venv = Venv::with_streamlit(version).await?;
        let folder = sandbox.work().join("à l'œuvre");
        fs_err::create_dir(&folder)?;
        let script = folder.join("app.py");
        fs_err::write(&script, SCRIPT)?;
        let served = Served::start(&sandbox, &folder, &venv, ServedOptions::default()).await?;
        let mut page = Page::open(&served.enter().await?).await?;
        assert!(page.run().await?.has("The text before."), "{version}");
        // As an editor saves: another file takes the place of the script.
        let saved = folder.join(".app.py.new");
        fs_err::write(&saved, SCRIPT.replace("The text before.", "The text after."))?;
        fs_err::rename(&saved, &script)?;
        assert!(page.finished(PATIENCE).await?.has("The text after."), "{version}");
    }
    Ok(())
}

/// The app `stages` as it is installed: the shell with the same id. What `waterskin run` hands over
/// stands in for the payload, which has another id than a run.
#[tokio::test]
async fn a_run_has_its_own_window_beside_the_installed_app() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    let settings = "name = \"Stages\"\nid = \"org.example.stages\"\n";
    fs_err::write(case.project.join("waterskin.toml"), settings)?;
    let installed = case.sandbox.work().join("installed.json");
    let content = serde_json::json!({
        "id": "org.example.stages", "name": "Stages", "version": "1", "arguments": [],
        "python": case.python, "script": case.project.join("app.py"), "directory": case.project,
        "statics": null, "icon": null, "port": 0, "size": [900, 600],
    });
    fs_err::write(&installed, content.to_string())?;
    let shell = case.sandbox.launch(waterskin_tests::shell()?).arg("--project").arg(&installed);
    let _installed = shell.envs(case.desktop.environment()).start()?;
    let windows = async |number: usize| {
        eventually(&format!("{number} windows"), PATIENCE, async || {
            let shown = case.desktop.windows()?;
            Ok((shown.iter().filter(|it| it.title == "Stages").count() == number).then_some(()))
        })
        .await
    };
    windows(1).await?;

    let run = case.opened()?;
    windows(2).await?;
    let share = case.sandbox.home().join(".local/share");
    let own = share.join("org.example.stages.run/data");
    assert!(own.is_dir() && share.join("org.example.stages/data").is_dir());
    let told = run.stderr.text();
    assert!(told.contains(&*own.to_string_lossy()), "{told}");

    // A second run of the project shows the window of the first, and says so.
    let again = case.opened()?.finish(PATIENCE).await?;
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(again.stderr.contains("`Stages` is open already"), "{again:?}");
    windows(2).await
}
