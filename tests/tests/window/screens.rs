//! The shell's own screens in a real window: what each failure says, in which language, and what
//! its buttons do.

use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Value, json};
use waterskin_tests::{
    Desktop, NEWEST, PATIENCE, Result, Sandbox, Unpacked, Venv, Window, app, eventually, is_root,
    skipped,
};

/// A project on a desktop, opened by the shell itself: a home where the command can't write must
/// not keep it from being shown.
struct Case {
    sandbox: Sandbox,
    desktop: Desktop,
    project: PathBuf,
}

/// Gives the folder with the page, scripts and styles.
type Statics = fn(&Venv, &Sandbox) -> Result<PathBuf>;

/// Streamlit's own.
fn own(venv: &Venv, _: &Sandbox) -> Result<PathBuf> {
    Ok(venv.streamlit_static())
}

/// Streamlit's page in a browser that lacks something: its first script ends there.
fn too_old(venv: &Venv, sandbox: &Sandbox) -> Result<PathBuf> {
    let copy = sandbox.copy(&venv.streamlit_static(), "static")?;
    let page = fs_err::read_to_string(copy.join("index.html"))?;
    let old = "<head><script>delete Object.hasOwn; Object.hasOwn({}, 'x');</script>";
    fs_err::write(copy.join("index.html"), page.replacen("<head>", old, 1))?;
    Ok(copy)
}

impl Case {
    /// The project `tests/apps/stages`.
    async fn new(statics: Statics) -> Result<Self> {
        let sandbox = Sandbox::new()?;
        let venv = Venv::with_streamlit(NEWEST).await?;
        let copy = sandbox.copy(&app("stages"), "stages")?;
        let statics = statics(&venv, &sandbox)?;
        let project = sandbox.work().join("project.json");
        let content = json!({
            "id": "org.example.screens", "name": "Été", "version": "1", "arguments": [],
            "python": venv.python(), "script": copy.join("app.py"), "directory": copy,
            "statics": statics, "icon": null, "port": 0, "size": [900, 600],
        });
        fs_err::write(&project, content.to_string())?;
        let desktop = Desktop::start(&sandbox, None).await?;
        Ok(Self { sandbox, desktop, project })
    }

    /// Opens it by a script that ends in `exec "$@"`, with a driver attached.
    async fn open(&self, script: &str) -> Result<Window> {
        let shell = waterskin_tests::shell()?;
        let arguments = ["--project", &self.project.to_string_lossy()];
        opened(&self.sandbox, &self.desktop, &shell, &arguments, script).await
    }
}

async fn opened(
    sandbox: &Sandbox,
    desktop: &Desktop,
    shell: &Path,
    arguments: &[&str],
    script: &str,
) -> Result<Window> {
    let program = sandbox.work().join("opener");
    let shell = shell.to_string_lossy().replace('\'', "'\\''");
    fs_err::write(&program, format!("#!/bin/sh\nset -- '{shell}' \"$@\"\n{script}\n"))?;
    fs_err::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
    Window::open(sandbox, desktop, None, &program, arguments).await
}

/// What a command of the shell gives to the screen in the window.
async fn asked(window: &Window, command: &str, arguments: &Value) -> Result<Value> {
    let script = format!(
        "const done = arguments[arguments.length - 1]; \
         window.__TAURI_INTERNALS__.invoke({command:?}, {arguments}).then(done, (error) => done(String(error)));"
    );
    Ok(window.client.execute_async(&script, Vec::new()).await?)
}

/// Opens the app with its logs in `/sys`, where no one makes a folder, root included. It is in the
/// place that there is for them without the variable, too.
const CLOSED: &str = "mkdir -p \"$HOME/.local\"; ln -s /sys \"$HOME/.local/state\"; exec \"$@\"";

#[tokio::test]
async fn a_folder_that_may_not_be_written_is_named() -> Result<()> {
    let case = Case::new(own).await?;
    let window = case.open(CLOSED).await?;
    window.shows("The app may not write its files", PATIENCE).await?;
    window.shows(".local/state/org.example.screens/logs", PATIENCE).await?;
    case.desktop.screenshot("no-permission").await?;
    Ok(())
}

#[tokio::test]
async fn a_full_disk_is_told() -> Result<()> {
    if !is_root() {
        skipped("only root can mount a file system");
        return Ok(());
    }
    let case = Case::new(own).await?;
    // A file system that has room for its own root and for nothing else.
    let script = "mkdir -p \"$XDG_STATE_HOME\"\n\
                  exec unshare --mount --propagation private sh -c \
                  'mount -t tmpfs -o size=4k,nr_inodes=1 tmpfs \"$XDG_STATE_HOME\" && exec \"$@\"' sh \"$@\"";
    let window = case.open(script).await?;
    window.shows("The disk is full", PATIENCE).await?;
    window.shows(".local/state/org.example.screens/logs", PATIENCE).await?;
    case.desktop.screenshot("no-space").await?;
    Ok(())
}

#[tokio::test]
async fn a_web_view_that_is_too_old_is_told() -> Result<()> {
    let case = Case::new(too_old).await?;
    let window = case.open("exec \"$@\"").await?;
    window.shows("This computer needs an update", PATIENCE).await?;
    window.shows("Object.hasOwn", PATIENCE).await?;
    case.desktop.screenshot("old-web-view").await?;
    Ok(())
}

#[tokio::test]
async fn the_screens_speak_the_systems_language() -> Result<()> {
    for (language, words) in [("de_CH.UTF-8", "Die App darf"), ("ja_JP.UTF-8", "書き込めません")]
    {
        let case = Case::new(own).await?;
        let script = format!("export LC_ALL={language}; {CLOSED}");
        let window = case.open(&script).await?;
        window.shows(words, PATIENCE).await?;
        case.desktop.screenshot(&format!("language-{language}")).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_report_is_saved_and_names_nobody() -> Result<()> {
    let case = Case::new(own).await?;
    let window = case.open(CLOSED).await?;
    window.shows("The app may not write its files", PATIENCE).await?;
    window.click("Save report").await?;
    window.shows("The report is in your Downloads folder: Été report.zip", PATIENCE).await?;
    let home = case.sandbox.home();
    let saved = eventually("the saved report", PATIENCE, async || {
        let mut files =
            walkdir::WalkDir::new(&home).into_iter().filter_map(std::result::Result::ok);
        Ok(files.find(|file| file.file_name() == "Été report.zip"))
    })
    .await?;
    let mut bytes = Vec::new();
    fs_err::File::open(saved.path())?.read_to_end(&mut bytes)?;
    assert!(bytes.starts_with(b"PK"), "it is an archive");

    window.click("About Été").await?;
    case.desktop.window("About Été").await?;
    case.desktop.screenshot("about").await?;

    let text = asked(&window, "report_copy", &json!({})).await?;
    let text = text.as_str().context("no text")?;
    for part in ["Été 1 (org.example.screens)", "Waterskin ", "WebKitGTK ", "gave up: "] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    assert!(!text.contains(&*home.to_string_lossy()), "{text}");
    Ok(())
}

/// The standard library is a part of the interpreter, which no distribution records.
#[tokio::test]
async fn a_damaged_file_of_python_is_named() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let unpacked = Unpacked::of(&app("stages"), &sandbox).await?;
    let (python, shell) = (unpacked.folder().join("payload/python"), unpacked.program()?);
    let files = walkdir::WalkDir::new(python).into_iter().filter_map(std::result::Result::ok);
    let decoder: Vec<_> = files
        .filter(|file| file.path().parent().is_some_and(|it| it.ends_with("json")))
        .filter(|file| file.file_name() == "decoder.py")
        .map(walkdir::DirEntry::into_path)
        .collect();
    let [decoder] = &decoder[..] else { anyhow::bail!("no decoder, or several: {decoder:?}") };
    fs_err::remove_file(decoder)?;
    fs_err::write(decoder, "raise SystemExit('overwritten by something')\n")?;
    // Python would prefer what it compiled from the file as it was.
    fs_err::remove_dir_all(decoder.with_file_name("__pycache__"))?;

    let desktop = Desktop::start(&sandbox, None).await?;
    let window = opened(&sandbox, &desktop, &shell, &[], "exec \"$@\"").await?;
    window.shows("The app is damaged", PATIENCE).await?;
    window.shows("/json/decoder.py", PATIENCE).await?;
    window.shows("overwritten by something", PATIENCE).await?;
    desktop.screenshot("damaged-python").await.map(drop)
}

#[tokio::test]
async fn a_damaged_file_is_named_and_the_rest_has_its_licence() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let unpacked = Unpacked::of(&app("stages"), &sandbox).await?;
    let (payload, shell) = (unpacked.folder().join("payload"), unpacked.program()?);

    // Every start comes by this file; the byte code that Python would prefer goes. The same content
    // elsewhere in the payload is the same file, so it is replaced and not written over.
    let server = payload.join("site-packages/streamlit/web");
    fs_err::remove_file(server.join("__init__.py"))?;
    fs_err::write(server.join("__init__.py"), "raise SystemExit('overwritten by something')\n")?;
    for file in walkdir::WalkDir::new(&server) {
        let file = file?.into_path();
        if file.extension().is_some_and(|it| it == "pyc") {
            fs_err::remove_file(file)?;
        }
    }

    let desktop = Desktop::start(&sandbox, None).await?;
    let window = opened(&sandbox, &desktop, &shell, &[], "exec \"$@\"").await?;
    window.shows("The app is damaged", PATIENCE).await?;
    window.shows("site-packages/streamlit/web/__init__.py", PATIENCE).await?;
    window.shows("overwritten by something", PATIENCE).await?;
    desktop.screenshot("damaged").await?;

    let about = asked(&window, "about_info", &json!({})).await?;
    let parts = about["parts"].as_array().context("no parts")?;
    let part = |name: &str| parts.iter().position(|part| part["name"] == name);
    assert_eq!(part("Python"), Some(0), "{about}");
    let streamlit = part("streamlit").context("Streamlit is not among the parts")?;
    assert_eq!(parts[streamlit]["licence"], "Apache-2.0");
    let text = asked(&window, "about_text", &json!({ "part": 0 })).await?;
    assert!(
        text.as_str().is_some_and(|text| text.contains("PYTHON SOFTWARE FOUNDATION")),
        "{text}"
    );
    Ok(())
}

#[tokio::test]
async fn an_app_without_its_page_says_who_it_is() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let unpacked = Unpacked::of(&app("stages"), &sandbox).await?;
    let payload = unpacked.folder().join("payload");
    let manifest = fs_err::read_to_string(payload.join("manifest.json"))?;
    let name = serde_json::from_str::<Value>(&manifest)?["app"]["name"].clone();
    let name = name.as_str().context("an app without a name")?;
    fs_err::remove_file(payload.join("site-packages/streamlit/static/index.html"))?;
    let desktop = Desktop::start(&sandbox, None).await?;
    let window = opened(&sandbox, &desktop, &unpacked.program()?, &[], "exec \"$@\"").await?;
    window.shows("The app is damaged", PATIENCE).await?;
    window.shows("streamlit/static/index.html", PATIENCE).await?;
    // And not the folder that it is in, with a letter for an icon.
    window.shows(&format!("About {name}\n"), PATIENCE).await?;
    window.find("img.icon").await?;
    desktop.screenshot("damaged-page").await.map(drop)
}
