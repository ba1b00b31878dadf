//! What an author has of `waterskin run`: the script's arguments, and the page that follows it.

use waterskin_tests::{PATIENCE, Page, Result, Sandbox, Served, ServedOptions, Venv, servers};

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
