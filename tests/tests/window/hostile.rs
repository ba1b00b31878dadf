use waterskin_tests::{
    Case, NEWEST, PATIENCE, Result, Website, Window, as_stranger, eventually, is_root, skipped,
};

/// What a page that means harm can try, each as an expression; `true` where it got somewhere.
const ATTEMPTS: &[(&str, &str)] = &[
    (
        "a command of the shell",
        "window.__TAURI_INTERNALS__?.invoke('app_quit').then(() => true, () => false) ?? false",
    ),
    (
        "the app's secrets",
        "window.__TAURI_INTERNALS__?.invoke('secrets_form').then(() => true, () => false) ?? false",
    ),
    ("a file by a request", "fetch('file:///etc/passwd').then(() => true, () => false)"),
    (
        "a file in a frame",
        "new Promise((done) => {
            const frame = document.createElement('iframe'); frame.src = 'file:///etc/passwd';
            frame.onload = () => {
                let text = ''; try { text = frame.contentDocument.body.innerText } catch {}
                done(text.includes('root:'))
            };
            document.body.append(frame); frame.onerror = () => done(false)
        })",
    ),
    ("the gate's cookie", "document.cookie.includes('waterskin')"),
    ("another window that is not the app's", "window.open('file:///etc/passwd') !== null"),
];

/// A page with scripts of somebody else, in the window's own place and in a frame of it.
#[tokio::test]
async fn a_page_that_means_harm_gets_nowhere() -> Result<()> {
    let case = Case::of("links", NEWEST).await?;
    let opened = case.sandbox.stub("xdg-open")?;
    let site = Website::serve("<title>Other</title><p>The other site.".into()).await?;
    let mut arguments = case.arguments();
    arguments.extend(["--".into(), format!("http://127.0.0.1:{}/", site.port)]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let program = waterskin_tests::cli()?;
    let window = Window::open(&case.sandbox, &case.desktop, None, &program, &arguments).await?;
    window.shows("The last text.", PATIENCE).await?;
    let attempts = async |place: &str| -> Result<()> {
        for (what, attempt) in ATTEMPTS {
            // What gets no answer at all got nowhere either.
            let limit = "new Promise((done) => setTimeout(() => done('no answer'), 3000))";
            let script = format!("return Promise.race([{attempt}, {limit}])");
            let got = window.script(&script).await?;
            assert_ne!(got, true, "{what}, from {place}");
            println!("{what}, from {place}: {got}");
        }
        Ok(())
    };
    window.find("iframe").await?.enter_frame().await?;
    window.shows("The other site.", PATIENCE).await?;
    attempts("a frame").await?;
    // Nor does the frame take the window away.
    let away = format!("top.location.href = 'http://127.0.0.1:{}/away'", site.port);
    window.script(&format!("try {{ {away} }} catch {{}}")).await?;
    window.client.enter_parent_frame().await?;
    attempts("the page").await?;
    // A frame with a screen of the shell could have a person press its buttons unawares.
    let framed = "return new Promise((done) => {
        const frame = document.createElement('iframe'); frame.id = 'shell';
        frame.src = 'tauri://localhost/index.html#failure'; frame.onload = () => done('loaded');
        setTimeout(() => done('no answer'), 3000); document.body.append(frame)
    })";
    println!("a screen of the shell in a frame: {}", window.script(framed).await?);
    window.find("#shell").await?.enter_frame().await?;
    let there = window.script("return document.querySelectorAll('main, button').length").await?;
    assert_eq!(there, 0, "a screen of the shell is shown in a frame");
    window.client.enter_parent_frame().await?;
    window.shows("The last text.", PATIENCE).await?;
    let calls = fs_err::read_to_string(opened)?;
    assert!(!calls.contains("passwd"), "{calls}");
    Ok(())
}

/// Has a page take the key with which Tauri's own script asks, and go to a screen of the shell's
/// while it goes on asking: the web view gives the screen's address as its own meanwhile.
const RACE: &str = "
    const key = await new Promise((done) => {
        const asked = window.fetch;
        window.fetch = (...all) => {
            done(new Headers(all[1]?.headers).get('Tauri-Invoke-Key'));
            window.fetch = asked;
            return asked(...all);
        };
        window.__TAURI_INTERNALS__.invoke('session_state').catch(() => {});
    });
    const pause = () => new Promise((done) => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => done();
        channel.port2.postMessage(0);
    });
    window.asked = 0; window.refused = 0;
    const go = document.createElement('a');
    go.href = 'tauri://localhost/index.html#failure'; document.body.append(go); go.click();
    while (window.asked < 500) {
        await pause();
        const error = window.__TAURI_INTERNALS__.transformCallback(() => { window.refused++ });
        const callback = window.__TAURI_INTERNALS__.transformCallback(() => {});
        window.webkit.messageHandlers.ipc.postMessage(JSON.stringify({
            cmd: 'log_show', callback, error, payload: {}, options: {}, __TAURI_INVOKE_KEY__: key,
        }));
        window.asked++;
    }
    window.ended = true;";

/// A page that is on its way to a screen of the shell's has no more rights than one at rest.
#[tokio::test]
async fn a_page_does_not_become_the_shells_own_by_going_to_a_screen() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    let before = case.desktop.windows()?.len();
    window.script(&format!("(async () => {{ {RACE} }})()")).await?;
    let count = "return [location.href, window.asked, window.refused, window.ended]";
    let mut last = serde_json::Value::Null;
    let answered = eventually("an answer to everything that was asked", PATIENCE, async || {
        let shown = case.desktop.windows()?;
        anyhow::ensure!(shown.len() == before, "a command got through: {shown:?}");
        last = window.script(count).await.unwrap_or_else(|error| error.to_string().into());
        Ok((last[3] == true && last[1] == last[2]).then_some(()))
    });
    answered.await.map_err(|error| error.context(format!("{last}")))?;
    window.shows("The last text.", PATIENCE).await?;
    Ok(())
}

/// The ways in which a page can have a server on another port asked for something. The last ones
/// would lead the window away.
const VISITS: [(&str, &str); 6] = [
    ("image", "new Image().src = address"),
    ("fetch", "fetch(address, { mode: 'no-cors', credentials: 'include' }).catch(() => {})"),
    ("socket", "new WebSocket(address.replace('http', 'ws'))"),
    (
        "frame",
        "const frame = document.createElement('iframe'); frame.src = address; document.body.append(frame)",
    ),
    (
        "link",
        "const link = document.createElement('a'); link.href = address; document.body.append(link); link.click()",
    ),
    ("place", "location.href = address"),
];

/// Cookies know no port, so that one on `localhost` has the gate's cookie as soon as the page has
/// something of it asked for.
#[tokio::test]
async fn a_cookie_that_reached_another_port_lets_no_other_user_in() -> Result<()> {
    if !is_root() {
        skipped("only root can run programs as another user");
        return Ok(());
    }
    let case = Case::of("stages", NEWEST).await?;
    // A page of another port opens outside.
    let _opened = case.sandbox.stub("xdg-open")?;
    let neighbour = Website::serve("<title>Other</title><p>Another port.".into()).await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    let own = window.script("return location.origin + '/'").await?;
    let mut stolen = None;
    for (way, visit) in VISITS {
        let address = format!("http://localhost:{}/{way}", neighbour.port);
        window.script(&format!("const address = {address:?}; {visit}")).await?;
        let begin = format!("GET /{way}\n");
        let head = eventually(&format!("a request by {way}"), PATIENCE, async || {
            Ok(neighbour.seen().into_iter().find(|head| head.starts_with(&begin)))
        })
        .await?;
        let cookie = head.lines().find_map(|line| line.strip_prefix("cookie: "));
        println!("by {way}: {}", if cookie.is_some() { "with the cookie" } else { "without" });
        stolen = stolen.or(cookie.map(str::to_owned));
    }
    window.shows("The last text.", PATIENCE).await?;
    let Some(cookie) = stolen else {
        println!("no server on another port gets the cookie");
        return Ok(());
    };
    let ask = ["-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "30", "--cookie"];
    let ask = case.sandbox.launch("/usr/bin/curl").args(ask).arg(cookie).directory("/");
    let ask = ask.arg(own.as_str().unwrap_or_default());
    assert_eq!(ask.clone().finish(PATIENCE).await?.success()?.stdout, "200", "the cookie is right");
    assert_eq!(as_stranger(ask).finish(PATIENCE).await?.success()?.stdout, "403");
    Ok(())
}
