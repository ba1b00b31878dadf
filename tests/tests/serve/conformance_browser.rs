//! Items 29 to 48 of the conformance list (docs/conformance.md), as far as they run without a
//! person: one page with real elements behind the proxy, in Chromium and in WebKitGTK.

use std::path::Path;

use anyhow::Context;
use serde_json::Value;
use waterskin_tests::{
    Engine, Findings, NEWEST, PATIENCE, Result, Sandbox, Served, ServedOptions, TORNADO, Venv,
    Window, app, eventually, skipped,
};

/// Items that no browser runs here, and why. docs/conformance.md says where their parts are tested.
const LEFT_OUT: [(&str, &str); 3] = [
    ("c36", "only a person's click may copy, and nothing of it passes the proxy"),
    ("c41", "the session after a lost connection: c18, without a browser"),
    ("c47", "logging in by a provider: login.rs"),
];

/// The first version that the tests run on which has what `pages/newer.py` uses.
const NEWER: &str = TORNADO;

/// A page in a browser, and all that it needs.
struct Stage {
    engine: Engine,
    version: &'static str,
    window: Window,
    origin: String,
    sandbox: Sandbox,
}

impl Stage {
    async fn script(&self, script: &str) -> Result<Value> {
        self.window.script(script).await
    }

    /// Waits until a script gives true.
    async fn until(&self, what: &str, script: &str) -> Result<()> {
        let script = format!("return Boolean({script})");
        eventually(what, PATIENCE, async || {
            let value = self.window.script(&script).await.unwrap_or(Value::Null);
            // A page that is asked all the time does not come to paint.
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            Ok((value == Value::Bool(true)).then_some(()))
        })
        .await
    }

    async fn shows(&self, text: &str) -> Result<()> {
        self.window.shows(text, PATIENCE).await
    }

    async fn goto(&self, path: &str) -> Result<()> {
        Ok(self.window.client.goto(&format!("{}{path}", self.origin)).await?)
    }

    /// Waits for the second page, goes back, and waits for the first.
    async fn back_from_second(&self) -> Result<()> {
        self.shows("Second has {}.").await?;
        self.until("its address", "location.pathname === '/second'").await?;
        self.script("history.back()").await?;
        self.until("the first page's", "location.pathname === '/'").await?;
        self.shows("The last text.").await
    }

    /// Clicks until the page shows `text`, as a person does. With 1.40 the click's message gets lost
    /// when the browser was too slow for the server's ping: then the connection is made anew.
    async fn click_for(&self, selector: &str, text: &str) -> Result<()> {
        let mut last = Ok(());
        for _ in 0..6 {
            self.click(selector).await?;
            last = self.window.shows(text, std::time::Duration::from_secs(10)).await;
            if last.is_ok() {
                break;
            }
        }
        last
    }

    /// Clicks by a script: nothing can lie over the element then. First the page must be connected
    /// and its script at rest, or the click may get lost: 1.40 closes a connection that does not
    /// answer its ping within a second.
    async fn click(&self, selector: &str) -> Result<()> {
        self.window.find(selector).await?;
        let rests = "['CONNECTED', undefined].includes(document.querySelector('[data-testid=stApp]')?.dataset.testConnectionState)
            && ['notRunning', undefined].includes(document.querySelector('[data-testid=stApp]')?.dataset.testScriptState)";
        self.until("the page to rest", rests).await?;
        self.script(&format!("document.querySelector({selector:?}).click()")).await?;
        Ok(())
    }
}

async fn c29_upload(stage: &Stage, found: &mut Findings) -> Result<()> {
    let file = stage.sandbox.work().join("é up.txt");
    fs_err::write(&file, "twelve bytes")?;
    stage.window.choose_file("input[type=file]", &file).await?;
    let digest = "Upload é up.txt 12 ";
    stage.shows(digest).await?;
    found.holds("chosen", true);
    // As dropping it on the field does.
    let drop = "const data = new DataTransfer();
        data.items.add(new File(['dropped'], 'drop.txt', { type: 'text/plain' }));
        const zone = document.querySelector('[data-testid=stFileUploaderDropzone]');
        for (const type of ['dragenter', 'dragover', 'drop'])
          zone.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data }));";
    stage.script(drop).await?;
    stage.shows("Upload drop.txt 7 ").await?;
    found.holds("dropped", true);
    Ok(())
}

async fn c30_downloads(stage: &Stage, found: &mut Findings) -> Result<()> {
    if stage.engine == Engine::WebKit {
        found.note("in the shell's own window: window.rs");
        return Ok(());
    }
    let content: Vec<u8> = (0..400).flat_map(|_| 0..=255).collect();
    for (key, name, content) in
        [("odd", "a 'b' é c.bin", content.as_slice()), ("nothing", "nothing.bin", b"")]
    {
        stage.click(&format!(".st-key-{key} button")).await?;
        downloaded(stage, name, content).await?;
        found.holds(name, true);
    }
    Ok(())
}

async fn c32_media(stage: &Stage, found: &mut Findings) -> Result<()> {
    stage.window.find("audio").await?;
    let load = "const audio = document.querySelector('audio');
        window.heard = '';
        for (const type of ['loadedmetadata', 'seeked', 'error'])
          audio.addEventListener(type, () => { window.heard += type + ' '; });
        audio.preload = 'auto'; audio.load();";
    stage.script(load).await?;
    stage.until("an answer of the player", "window.heard !== ''").await?;
    if stage.script("return window.heard").await? == "error " {
        found.note("this browser has no decoder for the sound");
        return Ok(());
    }
    stage.script("document.querySelector('audio').currentTime = 1.5").await?;
    stage.until("the seek to end", "window.heard.includes('seeked')").await?;
    let duration = stage.script("return document.querySelector('audio').duration").await?;
    found.holds("two seconds", duration.as_f64().is_some_and(|it| (it - 2.0).abs() < 0.1));
    Ok(())
}

async fn c33_images_and_title(stage: &Stage, found: &mut Findings) -> Result<()> {
    stage.until("the title", "document.title === 'Elements'").await?;
    let images = "[...document.querySelectorAll('[data-testid=stImage] img, [data-testid=stImageContainer] img')]";
    stage
        .until(
            "images",
            &format!("{images}.length > 1 && {images}.every((it) => it.naturalWidth > 0)"),
        )
        .await?;
    found.holds("title and images", true);
    Ok(())
}

async fn c34_components(stage: &Stage, found: &mut Findings) -> Result<()> {
    stage.shows("Component said pong.").await?;
    let height = "document.querySelector('iframe[src*=\"component/\"]').getBoundingClientRect().height === 77";
    stage.until("the component's height", height).await?;
    let inner = "[...document.querySelectorAll('iframe')].some((it) => it.contentDocument?.body?.textContent.includes('inner page') || it.srcdoc.includes('inner page'))";
    stage.until("the page inside", inner).await?;
    found.holds("components", true);
    Ok(())
}

async fn c38_pages(stage: &Stage, found: &mut Findings) -> Result<()> {
    stage.goto("/second?x=1&x=2&y=%C3%A9#part").await?;
    stage.shows("Second has {'x': '2', 'y': 'é'}.").await?;
    stage
        .until(
            "the whole address",
            "location.search === '?x=1&x=2&y=%C3%A9' || location.search.includes('x=2')",
        )
        .await?;
    stage.script("location.reload()").await?;
    stage.shows("Second has {'x': '2', 'y': 'é'}.").await?;
    stage.goto("/").await?;
    stage.shows("The last text.").await?;
    found.holds("a deep link, twice", true);
    Ok(())
}

async fn c37_links(stage: &Stage, found: &mut Findings) -> Result<()> {
    let link = "document.querySelector('a[href=\"https://elsewhere.example/\"]')";
    stage.until("a link elsewhere", &format!("{link}?.target === '_blank'")).await?;
    stage.click_for("[data-testid=stPageLink] a", "Second has {}.").await?;
    stage.back_from_second().await?;
    stage.click_for(".st-key-switch button", "Second has {}.").await?;
    stage.back_from_second().await?;
    found.holds("links and the way back", true);
    Ok(())
}

async fn c39_query(stage: &Stage, found: &mut Findings) -> Result<()> {
    stage.click_for(".st-key-query button", "Query {'set': 'é & b'}.").await?;
    stage.until("the query", "new URLSearchParams(location.search).get('set') === 'é & b'").await?;
    stage.goto("/?from=page%20%26").await?;
    stage.shows("Query {'from': 'page &'}.").await?;
    found.holds("both ways", true);
    Ok(())
}

async fn c40_context(stage: &Stage, found: &mut Findings) -> Result<()> {
    stage.script("document.cookie = 'mine=one%20two; path=/'").await?;
    stage.goto("/?again").await?;
    let agent = stage.script("return navigator.userAgent").await?;
    let agent = agent.as_str().context("no agent")?.to_owned();
    let host = stage.origin.trim_start_matches("http://").to_owned();
    for text in [format!("Host {host}."), format!("Agent {agent}."), "Cookie one%20two.".to_owned()]
    {
        stage.shows(&text).await?;
        found.holds(&text, true);
    }
    Ok(())
}

async fn c43_running_scripts(stage: &Stage, found: &mut Findings) -> Result<()> {
    stage.goto("/ticking").await?;
    stage.shows("Ticked enough.").await?;
    stage.goto("/").await?;
    stage.shows("The last text.").await?;
    // What the component says first makes the script run anew, without the click.
    stage.shows("Component said pong.").await?;
    stage.click_for(".st-key-stream button", "Progress 10").await?;
    stage.shows("word19").await?;
    found.holds("fragments, streams and progress", true);
    Ok(())
}

async fn c46_drawings(stage: &Stage, found: &mut Findings) -> Result<()> {
    for (what, selector) in [
        ("formulas", ".katex"),
        ("graphs", "[data-testid=stGraphVizChart] svg g"),
        ("tables", "[data-testid=stDataFrame] canvas"),
        ("charts", "[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg"),
    ] {
        stage.window.find(selector).await.with_context(|| what.to_owned())?;
        found.holds(what, true);
    }
    found.note("maps need tiles from the internet");
    Ok(())
}

/// What the page `newer` has; each function says what it needs besides.
async fn newer(stage: &Stage) -> Result<()> {
    stage.goto("/newer").await?;
    stage.shows("The newest text.").await
}

/// Waits until a download has come whole.
async fn downloaded(stage: &Stage, name: &str, content: &[u8]) -> Result<()> {
    let file = stage.sandbox.work().join(name);
    eventually(&format!("the file `{name}`"), PATIENCE, async || {
        let there = fs_err::read(&file).unwrap_or_else(|_| vec![0xff]);
        Ok((there == content).then_some(()))
    })
    .await
}

async fn c28_a_folder(stage: &Stage, found: &mut Findings) -> Result<()> {
    if stage.engine == Engine::WebKit {
        found.note("its driver gives no folder to a page");
        return Ok(());
    }
    newer(stage).await?;
    let folder = stage.sandbox.work().join("a folder é");
    fs_err::create_dir_all(folder.join("inner"))?;
    fs_err::write(folder.join("one.txt"), "1")?;
    fs_err::write(folder.join("inner/two é.txt"), "22")?;
    stage.window.choose_file(".st-key-folder input[type=file]", &folder).await?;
    stage.shows("one.txt of 1.").await?;
    stage.shows("two é.txt of 2.").await?;
    found.holds("both files", true);
    Ok(())
}

async fn c29_pasted(stage: &Stage, found: &mut Findings) -> Result<()> {
    if stage.version == TORNADO {
        found.note("its chat input takes no pasted files");
        return Ok(());
    }
    newer(stage).await?;
    let field = "[data-testid=stChatInputTextArea]";
    stage.window.find(field).await?;
    let paste = format!(
        "const data = new DataTransfer();
        data.items.add(new File(['pasted'], 'paste.txt', {{ type: 'text/plain' }}));
        document.querySelector({field:?}).dispatchEvent(
          new ClipboardEvent('paste', {{ bubbles: true, cancelable: true, clipboardData: data }}));"
    );
    stage.script(&paste).await?;
    stage.shows("paste.txt").await?;
    stage.window.find(field).await?.send_keys("hello é\u{e007}").await?;
    stage.shows("Chat said hello é with ['paste.txt'].").await?;
    found.holds("a file in a message", true);
    Ok(())
}

async fn c30_made_when_asked_for(stage: &Stage, found: &mut Findings) -> Result<()> {
    if stage.engine == Engine::WebKit {
        found.note("in the shell's own window: window.rs");
        return Ok(());
    }
    newer(stage).await?;
    stage.click(".st-key-later button").await?;
    downloaded(stage, "later.txt", "made later é".as_bytes()).await?;
    stage.click(".st-key-text button").await?;
    downloaded(stage, "text.txt", "a text é".as_bytes()).await?;
    found.holds("both files", true);
    Ok(())
}

async fn c31_exports(stage: &Stage, found: &mut Findings) -> Result<()> {
    if stage.engine == Engine::WebKit {
        found.note("in the shell's own window: window.rs");
        return Ok(());
    }
    newer(stage).await?;
    // Without a dialog for saving, which no script can answer, the page makes a download.
    stage.script("window.showSaveFilePicker = undefined").await?;
    stage.click("[data-testid=stElementToolbarButton] button[aria-label*=ownload]").await?;
    let table = "\u{feff}letter,number\na,1\né,2";
    let there = eventually("the table's file", PATIENCE, async || {
        let mut files = fs_err::read_dir(stage.sandbox.work())?.filter_map(std::io::Result::ok);
        let csv = files.find(|it| it.path().extension().is_some_and(|it| it == "csv"));
        let text = csv.and_then(|it| fs_err::read_to_string(it.path()).ok());
        Ok(text.filter(|it| it.trim_end().ends_with(",2")))
    })
    .await?;
    found.equal("the table", &table, &there.trim_end());
    Ok(())
}

async fn c34_second_kind(stage: &Stage, found: &mut Findings) -> Result<()> {
    newer(stage).await?;
    // The page may draw it anew between two looks. Each one is clicked once, when it hears it: the
    // component's script comes after its button. A click begins a run, and would end the one before
    // that was to answer.
    let answers = "(() => {
        const all = '[data-testid^=stBidiComponent], [data-testid^=stBidiComponent] *';
        const inside = [...document.querySelectorAll(all)];
        const button = inside.map((it) => it.shadowRoot?.querySelector('button')).find(Boolean);
        if (button?.clientHeight > 0 && button.onclick && !button.dataset.clicked) {
            button.dataset.clicked = 'yes';
            button.click();
        }
        return document.body.innerText.includes('Second kind said pong é.');
    })()";
    stage.until("the component's answer", answers).await?;
    found.holds("its answer", true);
    Ok(())
}

async fn c35_devices(stage: &Stage, found: &mut Findings) -> Result<()> {
    if stage.engine == Engine::WebKit {
        found.note("it has no devices of its own that are made up");
        return Ok(());
    }
    newer(stage).await?;
    stage
        .until("the picture", "document.querySelector('.st-key-camera video')?.videoWidth")
        .await?;
    stage.click("[data-testid=stCameraInputButton]").await?;
    stage.shows("Camera gave image/jpeg, more than nothing: True.").await?;
    stage.click(".st-key-sound [data-testid=stAudioInputActionButton]").await?;
    stage
        .until(
            "half a second",
            "/00:0[1-9]/.test(document.querySelector('.st-key-sound').innerText)",
        )
        .await?;
    stage.click(".st-key-sound [data-testid=stAudioInputActionButton]").await?;
    stage.shows("Sound gave audio/wav, more than nothing: True.").await?;
    found.holds("camera and microphone", true);
    Ok(())
}

async fn c45_fonts(stage: &Stage, found: &mut Findings) -> Result<()> {
    newer(stage).await?;
    let font =
        "[...document.fonts].some((it) => it.family.includes('own') && it.status === 'loaded')";
    stage.until("the app's font", font).await?;
    found.holds("the app's font", true);
    Ok(())
}

/// An app with a theme of its own does not follow the system.
async fn c45_dark_and_light(stage: &Stage, found: &mut Findings) -> Result<()> {
    if stage.engine == Engine::WebKit {
        found.note("its system has one theme");
        return Ok(());
    }
    for (scheme, ground) in [("dark", "rgb(14, 17, 23)"), ("light", "rgb(255, 255, 255)")] {
        stage.window.prefers(scheme).await?;
        stage.goto("/").await?;
        stage.shows("The last text.").await?;
        let app = "document.querySelector('[data-testid=stApp]')";
        let is = format!("getComputedStyle({app}).backgroundColor === '{ground}'");
        stage.until(scheme, &is).await?;
        found.holds(scheme, true);
    }
    Ok(())
}

async fn c48_nothing_from_elsewhere(stage: &Stage, found: &mut Findings) -> Result<()> {
    let foreign = "return performance.getEntriesByType('resource').map((it) => it.name)
        .filter((it) => !it.startsWith(location.origin) && !/^(data|blob):/.test(it))";
    let foreign = stage.script(foreign).await?;
    found.holds(&format!("{foreign}"), foreign == Value::Array(vec![]));
    Ok(())
}

async fn c44_home(stage: &Stage, found: &mut Findings) -> Result<()> {
    let folder = stage.sandbox.home().join(".streamlit");
    found.holds("nothing in ~/.streamlit", !folder.exists());
    Ok(())
}

macro_rules! run {
    ($stage:expr, $found:ident: $($item:ident)*) => {
        $(
            $found.begin(stringify!($item));
            let outcome = $item($stage, &mut $found).await;
            $found.end(outcome);
        )*
    };
}

/// A font that the app brings, under a name of its own: one of Streamlit's.
fn with_font(folder: &Path, venv: &Venv) -> Result<()> {
    let mut fonts = fs_err::read_dir(venv.streamlit_static().join("static/media"))?;
    let font = fonts.find_map(|entry| {
        let path = entry.ok()?.path();
        path.to_str()?.contains("KaTeX_Typewriter").then_some(path)
    });
    fs_err::create_dir_all(folder.join("static"))?;
    fs_err::copy(font.context("Streamlit has no such font")?, folder.join("static/own.woff2"))?;
    let config = "[server]\nenableStaticServing = true\n[theme]\nfont = \"own\"\n\
        [[theme.fontFaces]]\nfamily = \"own\"\nurl = \"app/static/own.woff2\"\n";
    fs_err::create_dir_all(folder.join(".streamlit"))?;
    Ok(fs_err::write(folder.join(".streamlit/config.toml"), config)?)
}

async fn conforms(engine: Engine, version: &'static str) -> Result<()> {
    let sandbox = Sandbox::new()?;
    let Some((window, _desktop)) = engine.start(&sandbox).await? else {
        skipped(&format!("{engine:?} is not on this machine"));
        return Ok(());
    };
    let venv = Venv::with_streamlit(version).await?;
    let folder = sandbox.copy(&app("elements"), "elements é")?;
    let has_newer = version >= NEWER;
    if has_newer {
        with_font(&folder, &venv)?;
    } else {
        fs_err::remove_file(folder.join("pages/newer.py"))?;
    }
    let served = Served::start(&sandbox, &folder, &venv, ServedOptions::default()).await?;
    window.client.goto(served.entry.as_str()).await?;
    let origin = format!("http://localhost:{}", served.port()?);
    let stage = Stage { engine, version, window, origin, sandbox };
    stage.shows("The last text.").await?;
    let subject = format!("{engine:?}").to_lowercase();
    let mut found = Findings::new(&subject, stage.version);
    run!(&stage, found:
        c29_upload c30_downloads c32_media c33_images_and_title c34_components c37_links
        c38_pages c39_query c40_context c43_running_scripts c46_drawings
        c48_nothing_from_elsewhere c44_home
    );
    if has_newer {
        run!(&stage, found:
            c28_a_folder c29_pasted c30_made_when_asked_for c31_exports c34_second_kind
            c35_devices c45_fonts
        );
    } else {
        run!(&stage, found: c45_dark_and_light);
    }
    for (item, why) in LEFT_OUT {
        found.begin(item);
        found.note(why);
    }
    found.finish(Path::new(env!("CARGO_TARGET_TMPDIR")))
}

/// Which page is looked at with which browser: each browser once, and each of Streamlit's servers. The
/// newest page in WebKit is what all tests of `window` look at. The rest of the pairs is in `long`.
macro_rules! conforms {
    ($($name:ident: $engine:ident, $version:expr;)*) => {
        $(#[tokio::test]
        async fn $name() -> waterskin_tests::Result<()> {
            crate::conformance_browser::conforms(waterskin_tests::Engine::$engine, $version).await
        })*
    };
}

conforms! {
    newest_streamlit_in_chromium: Chromium, NEWEST;
    tornado_streamlit_in_webkit: WebKit, TORNADO;
}

mod long {
    conforms! {
        newest_streamlit_in_webkit: WebKit, waterskin_tests::NEWEST;
        oldest_streamlit_in_chromium: Chromium, waterskin_tests::OLDEST;
        tornado_streamlit_in_chromium: Chromium, waterskin_tests::TORNADO;
        oldest_streamlit_in_webkit: WebKit, waterskin_tests::OLDEST;
    }
}
