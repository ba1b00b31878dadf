use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use waterskin_tests::{Case, Dragged, NEWEST, PATIENCE, Result, Window, eventually};

const ZONE: &str = "[data-testid=stFileUploaderDropzone]";

/// Drags a file from another program over an element of the page and lets go of it there.
async fn drop_on(case: &Case, window: &Window, selector: &str, file: &Path) -> Result<()> {
    let dragged = case.desktop.take_file(file).await?;
    drop_there(window, selector, dragged).await
}

async fn drop_there(window: &Window, selector: &str, dragged: Dragged<'_>) -> Result<()> {
    // What is dragged over it may make a page place it anew: what counts is where it is then.
    let listen = format!(
        "window.seen = [];
         for (const kind of ['dragover', 'drop']) addEventListener(kind, (event) => {{
             const box = document.querySelector({selector:?})?.getBoundingClientRect();
             const {{ clientX: x, clientY: y }} = event;
             if (box && x > box.left && x < box.right && y > box.top && y < box.bottom) seen.push(kind);
         }}, true)"
    );
    window.script(&listen).await?;
    let knows = async |kind: &str| {
        let script = format!("return seen.includes({kind:?})");
        Ok((window.script(&script).await? == true).then_some(()))
    };
    let mut step = 0;
    eventually(&format!("the drag to reach `{selector}`"), PATIENCE, async || {
        step = (step + 1) % 5;
        let (x, y) = window.middle(selector).await?;
        window.script("window.seen = []").await?;
        dragged.to((x + step, y)).await?;
        let there =
            eventually("the drag there", Duration::from_secs(3), async || knows("dragover").await);
        Ok(there.await.ok())
    })
    .await?;
    let taken = dragged.release().await?;
    let dropped = eventually("the drop in the page", PATIENCE, async || knows("drop").await);
    dropped.await.with_context(|| format!("taken, by what its source says: {taken}"))
}

/// WebKit would show the file in the page's place.
#[tokio::test]
async fn a_file_dropped_beside_the_drop_zone_changes_nothing() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    let opened = case.sandbox.stub("xdg-open")?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    let file = case.sandbox.work().join("dröp one.html");
    fs_err::write(&file, "<title>Dropped</title>not the app")?;

    drop_on(&case, &window, "h1", &file).await?;
    // A reload would begin with the first run again, and so would a page that came back.
    window.click("Press").await?;
    window.shows("Run 2.", PATIENCE).await?;
    assert_eq!(fs_err::read_to_string(opened)?, "", "nothing else shows it either");
    Ok(())
}

#[tokio::test]
async fn a_file_dropped_on_the_drop_zone_is_uploaded() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    let file = case.sandbox.work().join("dröp one.bin");
    fs_err::write(&file, [7; 300_000])?;
    drop_on(&case, &window, ZONE, &file).await?;
    window.shows("Upload 'dröp one.bin' has 300000 bytes", PATIENCE).await?;
    case.desktop.screenshot("dropped").await?;
    // What was not dropped can't be read.
    let script = "const done = arguments[arguments.length - 1]; \
                  fetch('waterskin-drop:' + '0'.repeat(64)).then(() => done('read'), () => done('refused'))";
    assert_eq!(window.client.execute_async(script, Vec::new()).await?, "refused");
    Ok(())
}

/// A page can have a person drag the address of any file. Only what comes from another program is a
/// file that somebody wants to give away.
#[tokio::test]
async fn a_page_gets_no_file_that_it_names_itself() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    let (private, given) = (case.sandbox.work().join("private"), case.sandbox.work().join("given"));
    fs_err::write(&private, "not for the page")?;
    fs_err::write(&given, "for the page")?;
    let address = url::Url::from_file_path(&private).ok().context("no address")?;
    let bait = format!(
        "const bait = document.createElement('a');
         bait.href = 'https://example.org/';
         bait.style = 'position: fixed; top: 60px; left: 60px; width: 90px; height: 40px; z-index: 999999';
         bait.textContent = 'Take me';
         bait.addEventListener('dragstart', (event) => {{
             event.dataTransfer.setData('text/uri-list', {:?});
         }});
         document.body.append(bait);
         window.got = [];
         addEventListener('dragover', (event) => event.preventDefault(), true);
         addEventListener('drop', (event) => {{
             event.preventDefault();
             got.push(...[...event.dataTransfer.files].map((file) => file.name));
         }}, true);",
        address.as_str()
    );
    window.script(&bait).await?;
    eventually("nothing to lie over the page", PATIENCE, async || {
        let top = window.script("return document.elementFromPoint(100, 80)?.innerText").await?;
        Ok((top == "Take me").then_some(()))
    })
    .await?;
    let taken = case.desktop.take_from((100, 80)).await?;
    drop_there(&window, ZONE, taken).await?;
    // What would have come of that is there before the next.
    drop_on(&case, &window, ZONE, &given).await?;
    window.shows("Upload 'given'", PATIENCE).await?;
    assert_eq!(window.script("return got.join()").await?, "given");
    Ok(())
}

/// A folder of two files, one of them further down.
fn folder(case: &Case) -> Result<PathBuf> {
    let folder = case.sandbox.work().join("Ördner 1");
    fs_err::create_dir_all(folder.join("below"))?;
    fs_err::write(folder.join("one.txt"), "eins")?;
    fs_err::write(folder.join("below/two.bin"), [7; 30_000])?;
    Ok(folder)
}

/// Chooses a folder in the dialog that is open.
async fn choose_folder(case: &Case, folder: &Path) -> Result<()> {
    case.desktop.window("Upload a folder").await?;
    // The dialog's own field for a path.
    case.desktop.press(&["ctrl+l"]).await?;
    case.desktop.seen().write(&folder.to_string_lossy()).await?;
    case.desktop.seen().press("push button", "Upload").await
}

/// Without a driver, which would keep the dialog from coming.
#[tokio::test]
async fn a_folder_is_chosen_and_uploaded() -> Result<()> {
    let case = Case::of("everyday", NEWEST).await?;
    let _manager = case.desktop.managed(&case.sandbox).await?;
    let _shell = case.opened()?;
    let (title, seen) = ("Éveryday", case.desktop.seen());
    seen.window_shows(title, "The last text.").await?;
    let folder = folder(&case)?;

    seen.press_within(title, "push button", "Upload directories").await?;
    case.desktop.window("Upload a folder").await?;
    case.desktop.screenshot("upload-folder").await?;
    seen.press("push button", "Cancel").await?;
    seen.hides("Upload a folder").await?;
    seen.press_within(title, "push button", "Upload directories").await?;
    choose_folder(&case, &folder).await?;
    seen.window_shows(title, "In the folder: Ördner 1/one.txt of 4 bytes").await?;
    seen.window_shows(title, "In the folder: Ördner 1/below/two.bin of 30000 bytes").await?;
    case.desktop.screenshot("upload-folder-done").await?;

    let many = case.sandbox.work().join("many");
    fs_err::create_dir(&many)?;
    for number in 0..2_000 {
        fs_err::write(many.join(number.to_string()), "")?;
    }
    seen.press_within(title, "push button", "Add files").await?;
    choose_folder(&case, &many).await?;
    seen.shows("This folder is too large").await?;
    case.desktop.screenshot("upload-folder-too-large").await.map(drop)
}

#[tokio::test]
async fn a_dropped_folder_is_uploaded() -> Result<()> {
    let case = Case::of("everyday", NEWEST).await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    let folder = folder(&case)?;
    drop_on(&case, &window, &format!(".st-key-folder {ZONE}"), &folder).await?;
    window.shows("In the folder: Ördner 1/one.txt of 4 bytes", PATIENCE).await?;
    window.shows("In the folder: Ördner 1/below/two.bin of 30000 bytes", PATIENCE).await
}
