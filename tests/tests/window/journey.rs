//! From a project to a colleague's desktop: build, install, use without any Python, remove.

use std::path::{Path, PathBuf};
use std::time::Duration;

use waterskin_tests::{
    Desktop, Installed, Ordinary, Ours, PATIENCE, RIGHT, Result, Sandbox, Window, app, built,
    eventually, example, is_root, skipped,
};

/// How long an orderly end may take.
const STOP: Duration = Duration::from_secs(3);

/// A colleague's machine with one app installed.
struct Journey {
    installed: Installed,
    sandbox: Sandbox,
    user: Ordinary,
    desktop: Desktop,
}

impl Journey {
    /// Builds and installs `project` as `name`; `None` where this can't be done.
    async fn begin(project: &Path, name: &str) -> Result<Option<Self>> {
        if !is_root() {
            skipped("only root can install a package and hide Python from it");
            return Ok(None);
        }
        let installed = Installed::from(&built::package_named(project, name).await?).await?;
        let sandbox = Sandbox::new()?;
        // What a desktop's first login makes.
        let settings = sandbox.home().join(".config");
        fs_err::create_dir_all(&settings)?;
        fs_err::write(
            settings.join("user-dirs.dirs"),
            "XDG_DOWNLOAD_DIR=\"$HOME/Téléchargements\"\n",
        )?;
        let user = Ordinary::of(&sandbox, Some(&folder(&installed)))?;
        let left = user.pythons_left(&sandbox).await?;
        assert_eq!(left, [""; 0], "the machine has no other Python");
        let desktop = Desktop::start(&sandbox, Some(&user)).await?;
        Ok(Some(Self { installed, sandbox, user, desktop }))
    }

    /// Starts the app as its desktop entry says.
    async fn open(&self) -> Result<Window> {
        let exec = self.installed.exec().await?;
        let (program, arguments) = exec.split_first().ok_or(anyhow::anyhow!("an empty `Exec`"))?;
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let program = Path::new("/usr/bin").join(program);
        Window::open(&self.sandbox, &self.desktop, Some(&self.user), &program, &arguments).await
    }

    /// The app's processes, whoever started them.
    fn ours(&self) -> Ours {
        Ours::default().or_in(folder(&self.installed))
    }

    /// Closes the window with `title` and waits until nothing is left of the app.
    async fn close(&self, title: &str) -> Result<()> {
        let shown = self.desktop.window(title).await?;
        self.desktop.close(&shown)?;
        self.ours().gone(STOP).await?;
        // The web view's own processes are the system's programs.
        eventually("the end of the web view", STOP, async || {
            Ok(self.sandbox.ours().with("WebKit").iter().all(is_driver).then_some(()))
        })
        .await?;
        let sockets = self.sandbox.sockets();
        assert!(sockets.is_empty(), "left: {sockets:?}");
        Ok(())
    }

    /// Removes the app: of its files nothing is left, of the user's everything.
    async fn end(self) -> Result<()> {
        let files = self.installed.files().await?;
        let own = folder(&self.installed);
        assert!(files.contains(&own.join("payload/manifest.json")));
        let before = files_in(&self.sandbox.home());
        let data = before.iter().any(|path| path.to_string_lossy().contains("/.local/share/"));
        assert!(data, "the app has a folder for its data: {before:#?}");
        self.installed.remove().await?;
        assert!(!own.exists(), "{} is left", own.display());
        let left: Vec<_> =
            files.iter().filter(|file| file.is_file() || file.is_symlink()).collect();
        assert!(left.is_empty(), "left: {left:?}");
        assert_eq!(files_in(&self.sandbox.home()), before, "the user's files are untouched");
        Ok(())
    }
}

fn is_driver(process: &waterskin_tests::Process) -> bool {
    process.executable.ends_with("WebKitWebDriver")
}

/// Where a package has its program and payload.
fn folder(installed: &Installed) -> PathBuf {
    Path::new("/usr/lib").join(&installed.name)
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    entries.map(walkdir::DirEntry::into_path).collect()
}

#[tokio::test]
async fn hello_from_the_project_to_the_desktop_and_off_again() -> Result<()> {
    let Some(journey) = Journey::begin(&example("hello"), "Journey of Hello").await? else {
        return Ok(());
    };
    let window = journey.open().await?;
    window.shows("Hello From Streamlit", PATIENCE).await?;
    window.shows("There are 3 litres in it", PATIENCE).await?;
    window.keys(".st-key-litres [role=slider], .st-key-litres input", RIGHT).await?;
    window.shows("There are 4 litres in it", PATIENCE).await?;
    window.click("Take a sip").await?;
    window.shows("You took 1 sip.", PATIENCE).await?;
    journey.desktop.screenshot("hello").await?;
    journey.close("Hello").await?;
    journey.end().await
}

#[tokio::test]
async fn explorer_takes_a_file_and_gives_one_back() -> Result<()> {
    let Some(journey) = Journey::begin(&example("explorer"), "Journey of Explorer").await? else {
        return Ok(());
    };
    let window = journey.open().await?;
    window.shows("CSV Explorer", PATIENCE).await?;
    window.shows("this is the sample", PATIENCE).await?;
    journey.desktop.screenshot("explorer").await?;

    let file = journey.sandbox.work().join("Häfen \"26\".csv");
    let content = "Hafen,Tiefe\nKöln,4.5\nZürich,3\n'Oslo',12\n";
    fs_err::write(&file, content)?;
    window.choose_file("input[type=file]", &file).await?;
    window.shows("Rows\n3\nColumns\n2\n", PATIENCE).await?;
    // The button comes after the numbers: until then it gives the sample.
    window.rests().await?;
    window.click("Download the CSV").await?;
    let downloads = journey.sandbox.home().join("Téléchargements");
    let saved = eventually("the download", PATIENCE, async || {
        let files = files_in(&downloads);
        Ok(files.into_iter().find(|file| file.extension().is_some_and(|it| it == "csv")))
    })
    .await?;
    eventually("the whole download", PATIENCE, async || {
        Ok((fs_err::read(&saved)? == content.as_bytes()).then_some(()))
    })
    .await?;
    journey.desktop.screenshot("explorer-file").await?;
    journey.close("CSV Explorer").await?;
    journey.end().await
}

#[tokio::test]
async fn a_second_start_raises_the_first_window() -> Result<()> {
    let Some(journey) = Journey::begin(&example("hello"), "Journey of Hello").await? else {
        return Ok(());
    };
    let window = journey.open().await?;
    window.shows("Hello From Streamlit", PATIENCE).await?;
    let exec = journey.installed.exec().await?;
    let again = journey.sandbox.launch(Path::new("/usr/bin").join(&exec[0])).args(&exec[1..]);
    let again = journey.user.run(again.envs(journey.desktop.environment()))?;
    again.finish(PATIENCE).await?.success()?;
    let titled = journey.desktop.windows()?;
    let titled = titled.iter().filter(|window| window.title == "Hello").count();
    assert_eq!(titled, 1, "there is one window");
    journey.close("Hello").await?;
    journey.end().await
}

#[tokio::test]
async fn names_with_blanks_quotes_and_letters_outside_ascii_pass_through() -> Result<()> {
    if !is_root() {
        skipped("only root can install a package");
        return Ok(());
    }
    let sandbox = Sandbox::new()?;
    let name = "Journey of Bücher \"und\" mehr's";
    let project = sandbox.copy(&app("stages"), name)?;
    let Some(journey) = Journey::begin(&project, name).await? else { return Ok(()) };
    let window = journey.open().await?;
    window.shows("The last text.", PATIENCE).await?;
    journey.desktop.screenshot("names").await?;
    journey.close("Stages").await?;
    journey.end().await
}
