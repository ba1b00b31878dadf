use std::io::Read as _;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process};
use waterskin_tests::{
    Case, NEWEST, PATIENCE, Result, Window, eventually, is_root, servers, skipped,
};

/// Waits for the file `name` in the folder for downloads, and gives what is in it.
async fn saved(case: &Case, name: &str, length: Option<u64>) -> Result<Vec<u8>> {
    let file = case.sandbox.home().join("Downloads").join(name);
    eventually(&format!("the file `{name}`"), PATIENCE, async || {
        let there = file.metadata().is_ok_and(|it| length.is_none_or(|length| it.len() == length));
        Ok(there.then_some(()))
    })
    .await?;
    Ok(fs_err::read(file)?)
}

/// The same for a file that is so large that a busy machine has no limit for it, as long as it
/// grows.
async fn saved_in_time(case: &Case, name: &str, length: u64) -> Result<()> {
    let mut before = 0;
    while before < length {
        before =
            eventually(&format!("more of {length} bytes than {before}"), PATIENCE, async || {
                Ok(Some(written(case)).filter(|written| *written > before))
            })
            .await?;
    }
    saved(case, name, Some(length)).await.map(drop)
}

/// Waits until the script has run to its end.
async fn rests(window: &Window) -> Result<()> {
    window.find("[data-testid=stApp][data-test-script-state=notRunning]").await.map(drop)
}

/// Waits for the end of this run of the app `downloads`, of which each click begins another: what an
/// earlier one made for a button is gone then.
async fn has_run(window: &Window, run: u32) -> Result<()> {
    window.shows(&format!("The last text of run {run}."), PATIENCE).await?;
    rests(window).await
}

/// Has the page click a link of its own making.
async fn follow(window: &Window, address: &str, name: &str) -> Result<()> {
    let script = format!(
        "const link = document.createElement('a'); link.href = {address}; link.download = {name:?};
         document.body.append(link); link.click(); link.remove()"
    );
    window.script(&script).await.map(drop)
}

#[tokio::test]
async fn every_kind_of_download_is_saved_whole_and_told() -> Result<()> {
    for version in servers() {
        let case = Case::of("downloads", version).await?;
        let window = case.driven().await?;
        has_run(&window, 1).await?;
        let mut run = 1;

        // With Tornado, Streamlit sends such a name in a coding that WebKitGTK does not expect.
        if version >= "1.53" {
            window.click("text ä.txt").await?;
            assert_eq!(saved(&case, "text ä.txt", Some(8)).await?, "Grüße\n".as_bytes());
            run += 1;
            has_run(&window, run).await?;
        }
        window.click("empty.bin").await?;
        assert_eq!(saved(&case, "empty.bin", None).await?, b"");
        has_run(&window, run + 1).await?;
        window.click("bad name").await?;
        saved(&case, "a_b_.txt", Some(1)).await?;
        has_run(&window, run + 2).await?;
        if window.text().await?.contains("deferred.txt") {
            window.click("deferred.txt").await?;
            let content = saved(&case, "deferred.txt", Some(27)).await?;
            assert_eq!(content, b"made when it was asked for\n");
            has_run(&window, run + 3).await?;
        } else {
            assert!(version < "1.52", "{version} has deferred downloads");
        }
        follow(&window, "URL.createObjectURL(new Blob(['blob']))", "ein blob.txt").await?;
        assert_eq!(saved(&case, "ein blob.txt", Some(4)).await?, b"blob");
        follow(&window, "'data:text/plain,data%20url'", "data.txt").await?;
        assert_eq!(saved(&case, "data.txt", Some(8)).await?, b"data url");

        // The same one again gets a name of its own, and the last one is the one to open.
        window.click("large.bin").await?;
        let first = saved(&case, "large.bin", Some(24_000_000)).await?;
        window.click("large.bin").await?;
        let second = saved(&case, "large (1).bin", Some(24_000_000)).await?;
        assert!(first == second, "{version}: both are the same 24 MB");
        case.desktop.seen().shows("large (1).bin").await?;
        case.desktop.screenshot(&format!("download-{version}")).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_download_can_be_opened_and_shown() -> Result<()> {
    let case = Case::of("downloads", NEWEST).await?;
    let opened = case.sandbox.stub("xdg-open")?;
    let window = case.driven().await?;
    window.shows("The last text", PATIENCE).await?;
    window.click("text ä.txt").await?;
    let folder = case.sandbox.home().join("Downloads");
    for (button, path) in [("Open", folder.join("text ä.txt")), ("Show in folder", folder)] {
        case.desktop.seen().press("push button", button).await?;
        let path = path.display().to_string();
        eventually(&format!("{path} to be opened"), PATIENCE, async || {
            let calls = fs_err::read_to_string(&opened)?;
            Ok(calls.lines().any(|call| call == path).then_some(()))
        })
        .await?;
    }
    case.desktop.seen().press("push button", "Close").await?;
    case.desktop.seen().hides("text ä.txt").await
}

/// Presses a button of a toolbar until a file with this ending is there, and gives what is in it.
/// The toolbar is shown only under the pointer; a click by script needs none.
async fn by_toolbar(
    case: &Case,
    window: &Window,
    label: &str,
    ending: &str,
    is_whole: impl Fn(&[u8]) -> bool,
) -> Result<()> {
    let click = format!("document.querySelector('button[aria-label*=\"{label}\"]').click()");
    let folder = case.sandbox.home().join("Downloads");
    window.find(&format!("button[aria-label*=\"{label}\"]")).await?;
    window.script(&click).await?;
    // What a page made itself, WebKit writes under its own name from the first byte on.
    eventually(&format!("the whole file for `{label}`"), PATIENCE, async || {
        let files = walkdir::WalkDir::new(&folder).max_depth(1).into_iter().flatten();
        let mut files = files.filter(|it| it.path().extension().is_some_and(|it| it == ending));
        Ok(files.find_map(|it| fs_err::read(it.path()).ok().filter(|it| is_whole(it))).map(drop))
    })
    .await
}

/// What Streamlit itself makes of a table and a chart, in the page.
#[tokio::test]
async fn a_table_and_a_chart_are_saved() -> Result<()> {
    let case = Case::of("downloads", NEWEST).await?;
    let window = case.driven().await?;
    window.shows("The last text", PATIENCE).await?;
    let rows = |table: &[u8]| String::from_utf8_lossy(table).contains("é,1");
    by_toolbar(&case, &window, "Download as CSV", "csv", rows).await?;
    let picture = |chart: &[u8]| {
        chart.starts_with(b"\x89PNG\r\n") && chart.ends_with(b"IEND\xae\x42\x60\x82")
    };
    by_toolbar(&case, &window, "Download as PNG", "png", picture).await
}

/// The command in a mount namespace of its own, with `mount` for the folder for downloads.
fn with_mounted(case: &Case, mount: &str) -> Result<PathBuf> {
    let folder = case.sandbox.home().join("Downloads");
    fs_err::create_dir_all(&folder)?;
    let program = case.sandbox.work().join("mounted");
    let quoted = |path: &std::path::Path| path.display().to_string().replace('\'', "'\\''");
    let script = format!(
        "#!/bin/sh\nexec unshare --mount --propagation private /bin/sh -c '{mount} \"$0\" && exec \"$@\"' '{}' '{}' \"$@\"\n",
        quoted(&folder),
        quoted(&waterskin_tests::cli()?),
    );
    fs_err::write(&program, script)?;
    fs_err::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
    Ok(program)
}

#[tokio::test]
async fn a_disk_that_is_full_or_closed_is_told() -> Result<()> {
    if !is_root() {
        skipped("only root can mount a file system");
        return Ok(());
    }
    for (mount, words, name) in [
        ("mount -t tmpfs -o size=4m tmpfs", "there is not enough space on the disk", "full"),
        ("mount -t tmpfs -o ro tmpfs", "the folder Downloads cannot be written to", "closed"),
    ] {
        let case = Case::of("downloads", NEWEST).await?;
        let program = with_mounted(&case, mount)?;
        let arguments = case.arguments();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let window = Window::open(&case.sandbox, &case.desktop, None, &program, &arguments).await?;
        window.shows("The last text", PATIENCE).await?;
        window.click("large.bin").await?;
        case.desktop.seen().shows(words).await?;
        case.desktop.screenshot(&format!("download-{name}")).await?;
        // What is not there can't be opened.
        assert!(!case.desktop.seen().text().await?.contains("push button: Open"));
    }
    Ok(())
}

#[tokio::test]
async fn an_author_can_have_the_place_asked_for() -> Result<()> {
    let case = Case::of("downloads", NEWEST).await?;
    fs_err::write(case.project.join("waterskin.toml"), "downloads = \"ask\"\n")?;
    let window = case.driven().await?;
    window.shows("The last text", PATIENCE).await?;
    window.click("text ä.txt").await?;
    case.desktop.window("Save file").await?;
    case.desktop.screenshot("download-ask").await?;
    case.desktop.seen().press("push button", "Cancel").await?;
    case.desktop.seen().hides("Save file").await?;
    window.shows("The last text", PATIENCE).await?;
    let folder = case.sandbox.home().join("Downloads");
    assert!(!folder.join("text ä.txt").exists(), "a cancelled download leaves no file");
    window.click("text ä.txt").await?;
    case.desktop.seen().press("push button", "Save").await?;
    assert_eq!(saved(&case, "text ä.txt", Some(8)).await?, "Grüße\n".as_bytes());

    // On another disk, where the machine has one.
    let other = tempfile::tempdir_in("/dev/shm")?;
    if other.path().metadata()?.dev() == folder.metadata()?.dev() {
        skipped("there is no other disk");
        return Ok(());
    }
    let place = other.path().join("large.bin");
    window.click("large.bin").await?;
    case.desktop.window("Save file").await?;
    case.desktop.seen().write(&place.to_string_lossy()).await?;
    case.desktop.seen().press("push button", "Save").await?;
    eventually("the whole file on the other disk", PATIENCE, async || {
        Ok(place.metadata().is_ok_and(|it| it.len() == 24_000_000).then_some(()))
    })
    .await?;
    let told = format!("Saved in {}", other.path().file_name().unwrap_or_default().display());
    case.desktop.seen().shows(&told).await?;
    let left = walkdir::WalkDir::new(folder).into_iter().flatten();
    let left: Vec<_> = left.filter(|it| it.file_name() == "large.bin").collect();
    assert!(left.is_empty(), "{left:?}");
    Ok(())
}

/// A repeated megabyte, as the app `huge` has it.
const BLOCK: usize = 256 * 4096;

/// The app `huge` with a download of so many of them.
async fn huge(blocks: usize) -> Result<(Case, Window)> {
    let case = Case::of("huge", NEWEST).await?;
    let window = of_size(&case, blocks).await?;
    Ok((case, window))
}

async fn of_size(case: &Case, blocks: usize) -> Result<Window> {
    fs_err::write(case.project.join("size.txt"), (blocks * BLOCK).to_string())?;
    let window = case.driven().await?;
    window.shows("The last text", PATIENCE).await?;
    rests(&window).await?;
    Ok(window)
}

/// How much of a download is on the disk, under whatever name.
fn written(case: &Case) -> u64 {
    let files = walkdir::WalkDir::new(case.sandbox.home().join("Downloads")).into_iter().flatten();
    files.filter_map(|it| it.metadata().ok()).filter(|it| it.is_file()).map(|it| it.len()).sum()
}

/// Begins the download and holds Python in the middle of it, with the notice shown: on a quick
/// machine nobody would see it.
async fn held(case: &Case, window: &Window) -> Result<Pid> {
    let python = case.running_python(&[]).await?.id;
    window.click("huge.bin").await?;
    let mut before = 0;
    let mut turns = 0;
    let noticed = eventually("a notice of a download that goes on", PATIENCE, async || {
        kill_process(python, Signal::CONT)?;
        let grown = eventually("some of the file", PATIENCE, async || {
            Ok(Some(written(case)).filter(|length| *length > before))
        });
        before = grown.await?;
        kill_process(python, Signal::STOP)?;
        turns += 1;
        Ok(case.desktop.seen().text().await?.contains("huge.bin").then_some(()))
    })
    .await;
    if noticed.is_err() {
        case.desktop.screenshot("download-not-held").await?;
    }
    noticed.with_context(|| format!("held {turns} times, with {before} bytes written"))?;
    Ok(python)
}

/// The most memory that the shell has had so far, in bytes (`proc(5)`). What WebKit's processes
/// take for a download is WebKit's business.
fn most_memory(case: &Case) -> Result<u64> {
    let alive = case.alive();
    let shell = alive.iter().find(|it| it.executable.ends_with("waterskin-shell"));
    let shell = shell.context("no shell")?.id.as_raw_nonzero();
    let status = fs_err::read_to_string(format!("/proc/{shell}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")).context("no VmHWM")?;
    Ok(kilobytes.parse::<u64>()? * 1024)
}

#[tokio::test]
async fn a_large_download_is_shown_whole_and_not_kept_in_memory() -> Result<()> {
    const BLOCKS: usize = 200;
    let (case, window) = huge(BLOCKS).await?;
    let before = most_memory(&case)?;
    let python = held(&case, &window).await?;
    case.desktop.seen().shows("progress bar").await?;
    case.desktop.screenshot("download-progress").await?;
    kill_process(python, Signal::CONT)?;
    let path = case.sandbox.home().join("Downloads/huge.bin");
    let length = (BLOCKS * BLOCK) as u64;
    eventually("the whole file", PATIENCE, async || {
        Ok(path.metadata().is_ok_and(|it| it.len() == length).then_some(()))
    })
    .await?;
    case.desktop.seen().shows("push button: Show in folder").await?;
    case.desktop.screenshot("download-large").await?;
    let mut file = std::io::BufReader::with_capacity(BLOCK, fs_err::File::open(path)?);
    let mut block = vec![0; BLOCK];
    let expected: Vec<u8> = (0..BLOCK).map(|at| u8::try_from(at % 256).unwrap_or(0)).collect();
    for number in 0..BLOCKS {
        file.read_exact(&mut block)?;
        assert!(block == expected, "block {number} is another");
    }
    let grown = most_memory(&case)?.saturating_sub(before);
    println!("memory grew by {grown} bytes");
    assert!(grown < length / 4, "the file is kept in memory: {grown} bytes more for {length}");
    Ok(())
}

/// Waits until nothing is where notices stand, not even the shadow of one.
async fn bare(case: &Case) -> Result<()> {
    let mut camera = case.desktop.camera()?;
    eventually("the page alone, at the lower right", PATIENCE, async || {
        let (width, dots) = camera.shoot()?;
        let rows = dots.chunks_exact(4 * usize::try_from(width)?);
        // Within the window, of 1200 x 800, where the page has nothing.
        let mut place = rows.take(790).skip(600).flat_map(|row| row[4 * 800..4 * 1190].chunks(4));
        Ok(place.all(|dot| dot[..3] == [255, 255, 255]).then_some(()))
    })
    .await
}

#[tokio::test]
async fn a_download_can_be_stopped() -> Result<()> {
    const STOPPED: usize = 100;
    let (case, window) = huge(STOPPED).await?;
    let python = held(&case, &window).await?;
    case.desktop.seen().press("push button", "Stop").await?;
    case.desktop.seen().shows("Stopped").await?;
    case.desktop.screenshot("download-stopped").await?;
    case.desktop.seen().press("push button", "Close").await?;
    bare(&case).await?;
    eventually("no half of a file", PATIENCE, async || Ok((written(&case) == 0).then_some(())))
        .await?;
    kill_process(python, Signal::CONT)?;
    // The app goes on, and the next try is whole.
    window.click("huge.bin").await?;
    saved_in_time(&case, "huge.bin", (STOPPED * BLOCK) as u64).await
}

/// Begins a download whose place is asked for, and holds Python in the middle of it, after so long a
/// time that there would be a notice of any other.
async fn held_at_the_dialog(case: &Case, window: &Window) -> Result<Pid> {
    let python = case.running_python(&[]).await?.id;
    let there = written(case);
    window.click("huge.bin").await?;
    let begun = Instant::now();
    let more_than = async |before: u64| {
        eventually("more of the file", PATIENCE, async || {
            Ok(Some(written(case)).filter(|length| *length > before))
        })
        .await
    };
    let before = more_than(there).await?;
    kill_process(python, Signal::STOP)?;
    case.desktop.window("Save file").await?;
    eventually("a download that takes long", PATIENCE, async || {
        Ok((begun.elapsed() > Duration::from_secs(1)).then_some(()))
    })
    .await?;
    kill_process(python, Signal::CONT)?;
    more_than(before).await?;
    kill_process(python, Signal::STOP)?;
    Ok(python)
}

/// A notice behind the dialog would never end: its Stop would be for a download that is over.
#[tokio::test]
async fn a_download_that_takes_long_is_told_only_after_its_place_is_known() -> Result<()> {
    const BLOCKS: usize = 100;
    const LENGTH: u64 = (BLOCKS * BLOCK) as u64;
    let case = Case::of("huge", NEWEST).await?;
    fs_err::write(case.project.join("waterskin.toml"), "downloads = \"ask\"\n")?;
    let window = of_size(&case, BLOCKS).await?;
    let seen = case.desktop.seen();
    let nothing_is_left = async || {
        seen.hides("Save file").await?;
        bare(&case).await?;
        eventually("no file", PATIENCE, async || Ok((written(&case) == 0).then_some(()))).await
    };
    let whole = async || {
        eventually("the whole file, in its hidden place", PATIENCE, async || {
            let folder = walkdir::WalkDir::new(case.sandbox.home().join("Downloads"));
            let mut files = folder.into_iter().flatten().filter(|it| it.file_name() == "huge.bin");
            let is_whole = |it: walkdir::DirEntry| it.metadata().is_ok_and(|it| it.len() == LENGTH);
            Ok(files.any(is_whole).then_some(()))
        })
        .await
    };
    let silent = async || {
        let shown = seen.text().await?;
        anyhow::ensure!(!shown.contains("Stop"), "a notice behind the dialog:\n{shown}");
        Ok(())
    };

    // Given up while it goes on.
    let python = held_at_the_dialog(&case, &window).await?;
    silent().await?;
    seen.press("push button", "Cancel").await?;
    nothing_is_left().await?;
    kill_process(python, Signal::CONT)?;

    // Given up when it has come to its end.
    kill_process(held_at_the_dialog(&case, &window).await?, Signal::CONT)?;
    whole().await?;
    silent().await?;
    seen.press("push button", "Cancel").await?;
    nothing_is_left().await?;

    // Answered when it has come to its end.
    kill_process(held_at_the_dialog(&case, &window).await?, Signal::CONT)?;
    whole().await?;
    seen.press("push button", "Save").await?;
    saved(&case, "huge.bin", Some(LENGTH)).await?;
    seen.shows("Saved in Downloads").await?;

    // Answered while it goes on: there is a notice from then on.
    kill_process(held_at_the_dialog(&case, &window).await?, Signal::STOP)?;
    seen.press("push button", "Save").await?;
    seen.press("push button", "Replace").await?;
    seen.shows("push button: Stop").await?;
    case.desktop.screenshot("download-ask-running").await?;
    kill_process(python, Signal::CONT)?;
    seen.hides("push button: Stop").await?;
    saved(&case, "huge.bin", Some(LENGTH)).await.map(drop)
}
