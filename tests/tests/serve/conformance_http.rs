//! Items 1 to 17 and the HTTP part of 28 of the conformance list (docs/conformance.md): the same
//! requests to `streamlit run` and to `waterskin run`, and every answer compared byte by byte.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;
use regex::bytes::Regex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;
use waterskin_tests::{
    DIFFERENCES, Draft, Exchange, Findings, NEWEST, OLDEST, PATIENCE, Page, Pair, Result, Site,
    Status, Way, app, connections, eventually, is_old, xsrf,
};

/// What the items work with besides the servers.
struct Opened {
    /// Keep the sessions, and with them the media files, alive: they answer pings.
    _pages: JoinSet<Result<u16>>,
    /// The sessions' ids, direct and through.
    sessions: (String, String),
    /// The cookie against forged requests, direct and through: `name=value`.
    xsrf: (String, String),
    /// Paths of the media files, in the order of the page.
    media: Vec<String>,
    /// Paths of the page's own scripts, styles and fonts.
    assets: Vec<String>,
}

impl Opened {
    async fn of(pair: &Pair) -> Result<Self> {
        let mut pages = JoinSet::new();
        let mut open = async |site: &Site| {
            let mut page = Page::open(site).await?;
            let run = page.run().await?;
            anyhow::ensure!(
                run.status() == Some(Status::Finished) && run.has("The last text."),
                "{run:?}"
            );
            let session = page.session()?.to_owned();
            pages.spawn(async move { page.closed(10 * PATIENCE).await });
            Ok((run, session))
        };
        let (direct, through) = (open(&pair.direct).await?, open(&pair.through).await?);
        let pattern = Regex::new(r"/media/[0-9a-f]+\.[a-z0-9]+")?;
        let media = |run: &waterskin_tests::Run| {
            let found = run.deltas().filter_map(|delta| pattern.find(&delta.bytes));
            found.map(|it| String::from_utf8_lossy(it.as_bytes()).into_owned()).collect::<Vec<_>>()
        };
        let files = media(&through.0);
        anyhow::ensure!(files.len() == 5 && files == media(&direct.0), "media files: {files:?}");
        let page = pair.through.get("/").await?.text();
        let pattern = regex::Regex::new(r#"(?:src|href)="\./(static/[^"]+)""#)?;
        let assets = pattern.captures_iter(&page).map(|found| format!("/{}", &found[1])).collect();
        let sessions = (direct.1, through.1);
        let xsrf = (xsrf(&pair.direct).await?, xsrf(&pair.through).await?);
        Ok(Self { _pages: pages, sessions, xsrf, media: files, assets })
    }

    fn session(&self, way: Way) -> &str {
        if way == Way::Direct { &self.sessions.0 } else { &self.sessions.1 }
    }

    fn xsrf(&self, way: Way) -> &str {
        if way == Way::Direct { &self.xsrf.0 } else { &self.xsrf.1 }
    }

    /// A file of the media storage by what it ends with.
    fn medium(&self, end: &str) -> Result<&str> {
        let found = self.media.iter().find(|path| path.ends_with(end));
        found.map(String::as_str).with_context(|| format!("no `*{end}` in {:?}", self.media))
    }

    fn script(&self) -> Result<&str> {
        let found = self.assets.iter().find(|path| path.ends_with(".js"));
        found.map(String::as_str).context("the page names no script")
    }

    /// An upload as the page sends one.
    fn upload(&self, way: Way, name: &str, content: &[u8]) -> Draft {
        waterskin_tests::upload(self.session(way), name, content, self.xsrf(way))
    }
}

async fn each(pair: &Pair, found: &mut Findings, lines: &[&str]) -> Result<()> {
    for line in lines {
        found.same(pair, Draft::new(*line)).await?;
    }
    Ok(())
}

async fn c01_page_and_its_files(pair: &Pair, _: &Opened, found: &mut Findings) -> Result<()> {
    let lines = ["GET /", "GET /index.html", "GET /manifest.json", "GET /favicon.png"];
    each(pair, found, &lines).await
}

async fn c02_hashed_files(pair: &Pair, opened: &Opened, found: &mut Findings) -> Result<()> {
    found.holds("the page names scripts", opened.script().is_ok());
    let folder = pair.venv.streamlit_static().join("static");
    let mut paths: BTreeSet<String> = opened.assets.iter().cloned().collect();
    // A file of every kind that the page loads later.
    for kind in ["css", "js", "media"] {
        let mut kinds = BTreeSet::new();
        for entry in fs_err::read_dir(folder.join(kind)).into_iter().flatten() {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if kinds.insert(name.rsplit('.').next().unwrap_or_default().to_owned()) {
                paths.insert(format!("/static/{kind}/{name}"));
            }
        }
    }
    for path in paths {
        found.same(pair, Draft::new(format!("GET {path}"))).await?;
    }
    Ok(())
}

async fn c03_conditional(pair: &Pair, opened: &Opened, found: &mut Findings) -> Result<()> {
    for path in ["/", opened.script()?] {
        let line = format!("GET {path}");
        let tags = pair.ask(|_| Draft::new(line.as_str())).await?;
        let tag = |way, name: &str| {
            let answer: &Exchange = if way == Way::Direct { &tags.0 } else { &tags.1 };
            answer.field(name).unwrap_or_default().to_owned()
        };
        for (field, value) in [("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")] {
            let draft = |way| Draft::new(line.as_str()).field(field, &tag(way, value));
            let (_, through) = found.same_each(pair, draft).await?;
            // The old server gives its page no validator of that kind.
            if !tag(Way::Direct, value).is_empty() {
                found.holds(&format!("304 by {field}"), through.status == "304 Not Modified");
            }
        }
        for (field, value) in [
            ("If-None-Match", "\"other\""),
            ("If-None-Match", "*"),
            ("If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT"),
        ] {
            found.same(pair, Draft::new(line.as_str()).field(field, value)).await?;
        }
    }
    Ok(())
}

async fn c04_ranges(pair: &Pair, opened: &Opened, found: &mut Findings) -> Result<()> {
    let files = [opened.script()?, opened.medium(".wav")?, "/app/static/clip.mp4"];
    for path in files {
        for range in [
            "bytes=0-9",
            "bytes=100-",
            "bytes=-5",
            "bytes=0-0",
            "bytes=0-999999999",
            "bytes=999999999-",
            "bytes=0-1,5-6",
            "bytes=9-5",
            "lines=1-2",
        ] {
            let draft = Draft::new(format!("GET {path}")).field("Range", range);
            found.same(pair, draft).await?;
        }
        let draft = Draft::new(format!("GET {path}")).field("Range", "bytes=0-9");
        found.same(pair, draft.field("If-Range", "\"another\"")).await?;
    }
    Ok(())
}

async fn c05_head(pair: &Pair, opened: &Opened, found: &mut Findings) -> Result<()> {
    let (script, csv) = (opened.script()?, opened.medium(".csv")?);
    for path in
        ["/", script, csv, "/_stcore/health", "/_stcore/host-config", "/any/page", "/favicon.png"]
    {
        let (_, through) = found.same(pair, Draft::new(format!("HEAD {path}"))).await?;
        found.holds(&format!("HEAD {path} has no body"), through.body.is_empty());
    }
    Ok(())
}

async fn c06_fallback_page(pair: &Pair, _: &Opened, found: &mut Findings) -> Result<()> {
    let lines = [
        "GET /any/page",
        "GET /page/",
        "GET /second",
        "GET /second/",
        "GET /static/js/missing.js",
        "GET /static/",
        "GET /static",
        "GET /healthz",
        "GET /_stcore/other",
        "GET /_stcore/stream",
        "GET /_stcore/script-health-check",
        "GET /component/none/index.html",
        "GET /_stcore/bidi-components/none/x.js",
        "GET /app/static/file.txt",
        "GET /app/static/none.txt",
        "GET /media/none.bin",
    ];
    each(pair, found, &lines).await
}

async fn c07_paths_that_climb(pair: &Pair, _: &Opened, found: &mut Findings) -> Result<()> {
    let lines = [
        "GET //x",
        "GET //evil.example/x",
        "GET /../etc/passwd",
        "GET /%2e%2e/etc/passwd",
        "GET /a/../b",
        "GET /static/../index.html",
        "GET /static/%2e%2e/index.html",
        "GET /static/..%2findex.html",
        "GET /static//js/x.js",
        "GET /app/static/../app.py",
        "GET /app/static/%2e%2e/app.py",
        "GET /component/x/../../y",
        "GET /media/..%5c..%5cx",
    ];
    each(pair, found, &lines).await
}

async fn c08_queries(pair: &Pair, opened: &Opened, found: &mut Findings) -> Result<()> {
    let csv = opened.medium(".csv")?;
    let lines = [
        "GET /?a=%20b&c=d%26".to_owned(),
        "GET /?".to_owned(),
        "GET /page%20x?y=%C3%A9#".trim_end_matches('#').to_owned(),
        "GET /%zz".to_owned(),
        "GET /static/js/missing%2Ejs?x".to_owned(),
        "GET /_stcore/health?x=y".to_owned(),
        format!("GET {csv}?title=a%20b"),
        "GET /a;b=c".to_owned(),
        "GET /p?next=http://a.example/?b".to_owned(),
    ];
    for line in lines {
        found.same(pair, Draft::new(line)).await?;
    }
    Ok(())
}

async fn c09_options(pair: &Pair, opened: &Opened, found: &mut Findings) -> Result<()> {
    let upload = format!("/_stcore/upload_file/{}/x", "session");
    for path in [
        "/_stcore/health",
        &upload,
        "/_stcore/host-config",
        "/_stcore/metrics",
        opened.medium(".csv")?,
        "/app/static/file.txt",
        "/",
    ] {
        found.same(pair, Draft::new(format!("OPTIONS {path}"))).await?;
    }
    Ok(())
}

async fn c10_other_methods(pair: &Pair, _: &Opened, found: &mut Findings) -> Result<()> {
    for line in [
        "POST /",
        "PUT /",
        "DELETE /index.html",
        "PATCH /",
        "POST /static/js/x.js",
        "POST /_stcore/health",
        "DELETE /_stcore/host-config",
        "POST /any/page",
        "PROPFIND /",
        "POST /_stcore/agent/interact",
    ] {
        found.same(pair, Draft::new(line).body("")).await?;
    }
    Ok(())
}

async fn c11_health(pair: &Pair, _: &Opened, found: &mut Findings) -> Result<()> {
    let (_, through) = found.same(pair, Draft::new("GET /_stcore/health")).await?;
    found.holds("the body is `ok`", through.text() == "ok");
    found.note("that it waits while Python starts: stages.rs, stage_3_upgrade");
    Ok(())
}

async fn c12_host_config(pair: &Pair, _: &Opened, found: &mut Findings) -> Result<()> {
    found.same(pair, Draft::new("GET /_stcore/host-config")).await?;
    Ok(())
}

async fn c13_metrics(pair: &Pair, _: &Opened, found: &mut Findings) -> Result<()> {
    let names = regex::Regex::new(r"[a-z_]{6,}")?;
    for accept in ["", "application/openmetrics-text", "application/x-protobuf"] {
        let draft = Draft::new("GET /_stcore/metrics");
        let draft = if accept.is_empty() { draft } else { draft.field("Accept", accept) };
        let (mut direct, mut through) = pair.ask(|_| draft.clone()).await?;
        // The figures are those of two processes; what they are of has to be the same.
        for answer in [&mut direct, &mut through] {
            let text = answer.text();
            let names: BTreeSet<&str> = names.find_iter(&text).map(|it| it.as_str()).collect();
            answer.body = names.into_iter().collect::<Vec<_>>().join(" ").into_bytes();
            let of_the_body = ["content-length", "etag"];
            answer.fields.retain(|(name, _)| !of_the_body.contains(&&*name.to_ascii_lowercase()));
        }
        found.judge(&draft, &direct, &through);
    }
    Ok(())
}

async fn c14_cookies_apart(pair: &Pair, _: &Opened, found: &mut Findings) -> Result<()> {
    let (_, health) = found.same(pair, Draft::new("GET /_stcore/health")).await?;
    let cookies: Vec<&str> = health.values("set-cookie").collect();
    found.holds("one cookie, unquoted", cookies.len() == 1 && cookies[0].contains("=2|"));
    for path in ["/auth/logout", "/auth/login", "/oauth2callback"] {
        let session = "_streamlit_session=a; _streamlit_user=b; _streamlit_user_tokens=c";
        found.same(pair, Draft::new(format!("GET {path}")).cookie(session)).await?;
    }
    Ok(())
}

async fn c15_codings(pair: &Pair, opened: &Opened, found: &mut Findings) -> Result<()> {
    let mut coded = 0;
    for path in [
        opened.medium(".csv")?,
        opened.medium(".wav")?,
        opened.script()?,
        "/",
        "/_stcore/metrics?x",
        "/_stcore/host-config",
        "/app/static/file.txt",
    ] {
        for accept in ["gzip, deflate, br", "identity", "gzip;q=0", "*"] {
            if path.starts_with("/_stcore/metrics") {
                continue;
            }
            let draft = Draft::new(format!("GET {path}")).field("Accept-Encoding", accept);
            let (direct, through) = found.same(pair, draft).await?;
            coded += usize::from(direct.field("content-encoding").is_some());
            found.holds(path, through.field("content-encoding").is_none());
        }
    }
    found.note(format!("Streamlit coded {coded} of these answers"));
    Ok(())
}

async fn c16_many_on_one_connection(
    pair: &Pair,
    opened: &Opened,
    found: &mut Findings,
) -> Result<()> {
    let targets: Vec<&str> = (0..80)
        .map(|at| match at % 4 {
            0 => "/_stcore/health",
            1 => opened.script().unwrap_or("/"),
            2 => "/manifest.json",
            _ => opened.medium(".csv").unwrap_or("/"),
        })
        .collect();
    let mut bodies = Vec::new();
    for site in [&pair.direct, &pair.through] {
        let mut stream = site.connect().await?;
        let mut all: String =
            targets.iter().map(|it| Draft::new(format!("GET {it}")).head(site, "")).collect();
        // The last one ends the connection.
        all += &Draft::new("GET /_stcore/health").head(site, "Connection: close\r\n");
        stream.write_all(all.as_bytes()).await?;
        let mut answers = Vec::new();
        tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answers)).await??;
        let text = String::from_utf8_lossy(&answers).into_owned();
        bodies.push((
            text.matches("HTTP/1.1 200 OK\r\n").count(),
            text.matches("\r\n\r\nok").count(),
        ));
    }
    found.equal("a pipeline of 81 requests", &bodies[0], &bodies[1]);
    found.holds("all are answered", bodies[1] == (81, 21));
    let asks = (0..80).map(|at| {
        let draft = Draft::new(format!("GET {}", targets[at]));
        async move { pair.through.send(&draft).await }
    });
    for answer in futures_util::future::join_all(asks).await {
        found.holds("80 side by side", answer?.status == "200 OK");
    }
    Ok(())
}

async fn c17_a_client_that_leaves(
    pair: &Pair,
    opened: &Opened,
    found: &mut Findings,
) -> Result<()> {
    let large = large_of(pair, opened).await?;
    let sockets = pair.sandbox.sockets();
    let socket = sockets.iter().find(|path| path.extension().is_some_and(|it| it == "sock"));
    let socket = socket.context("no socket of Python's")?;
    let mut stream = pair.through.connect().await?;
    stream.write_all(Draft::new(format!("GET {large}")).head(&pair.through, "").as_bytes()).await?;
    stream.read_exact(&mut vec![0; 1 << 20]).await?;
    let during = connections(socket)?;
    drop(stream);
    eventually("the end of the upstream connection", PATIENCE, async || {
        Ok((connections(socket)? < during).then_some(()))
    })
    .await?;
    found.holds("Python's connection ended", true);
    Ok(())
}

/// The file of 60 MB, by its size.
async fn large_of(pair: &Pair, opened: &Opened) -> Result<String> {
    for path in &opened.media {
        let head = pair.through.send(&Draft::new(format!("HEAD {path}"))).await?;
        if head.field("content-length").is_some_and(|it| it.len() >= 8) {
            return Ok(path.clone());
        }
    }
    anyhow::bail!("none of {:?} is large", opened.media)
}

async fn c28_uploads(pair: &Pair, opened: &Opened, found: &mut Findings) -> Result<()> {
    for (name, length) in [("none", 0), ("one", 1), ("some", 300_000)] {
        let content = vec![b'u'; length];
        let draft = |way| opened.upload(way, name, &content);
        let (_, through) = found.same_each(pair, draft).await?;
        found.holds(&format!("{length} bytes"), through.status == "204 No Content");
    }
    let chunked = |way: Way| {
        let whole = opened.upload(way, "chunks", b"in pieces");
        let fields = whole.fields.lines().filter(|it| !it.starts_with("Content-Length"));
        let fields: String = fields.map(|it| format!("{it}\r\n")).collect();
        let mut body = Vec::new();
        for piece in whole.body.chunks(7) {
            body.extend(format!("{:x}\r\n", piece.len()).bytes());
            body.extend(piece);
            body.extend(b"\r\n");
        }
        body.extend(b"0\r\n\r\n");
        Draft { fields: fields + "Transfer-Encoding: chunked\r\n", body, ..whole }
    };
    found.same_each(pair, chunked).await?;
    let forged = |way| Draft { cookies: vec![], ..opened.upload(way, "forged", b"x") };
    let (_, through) = found.same_each(pair, forged).await?;
    found.holds("403 without the cookie", through.status.starts_with("403"));
    let stranger = |way| Draft {
        line: "PUT /_stcore/upload_file/nobody/x".to_owned(),
        ..opened.upload(way, "x", b"x")
    };
    let (_, through) = found.same_each(pair, stranger).await?;
    found.holds("400 for no session", through.status.starts_with("400"));
    let delete = |way| {
        let put = opened.upload(way, "some", b"");
        Draft { line: put.line.replacen("PUT", "DELETE", 1), ..put }
    };
    found.same_each(pair, delete).await?;
    let uploads = (0..20).map(|at| {
        let content = vec![at as u8; 100_000];
        let draft = opened.upload(Way::Through, &format!("side-{at}"), &content);
        async move { pair.through.send(&draft).await }
    });
    for answer in futures_util::future::join_all(uploads).await {
        found.holds("20 side by side", answer?.status == "204 No Content");
    }
    // An upload that is given up: the server goes on for others.
    let half = opened.upload(Way::Through, "half", &vec![0; 5_000_000]);
    let mut stream = pair.through.connect().await?;
    stream.write_all(half.head(&pair.through, "").as_bytes()).await?;
    stream.write_all(&half.body[..1_000_000]).await?;
    drop(stream);
    let after = pair.through.send(&opened.upload(Way::Through, "after", b"x")).await?;
    found.holds("goes on after one that was given up", after.status == "204 No Content");
    large_uploads(pair, opened, found).await
}

async fn large_uploads(pair: &Pair, opened: &Opened, found: &mut Findings) -> Result<()> {
    if pair.version == OLDEST {
        found.note("large ones left out: its ping of a second ends the session meanwhile");
        return Ok(());
    }
    let content = vec![b'u'; 199_000_000];
    let (_, through) = found.same_each(pair, |way| opened.upload(way, "big", &content)).await?;
    found.holds("199 MB", through.status == "204 No Content");
    let content = vec![b'u'; 203 << 20];
    let draft = |way| opened.upload(way, "too-big", &content);
    let through = pair.through.send(&draft(Way::Through)).await?;
    found.holds(&format!("203 MiB: {}", through.status), through.status.starts_with('4'));
    // Streamlit answers before it has read, and closes: the client may see no more than a reset.
    match pair.direct.send(&draft(Way::Direct)).await {
        Ok(direct) => found.judge(&draft(Way::Through), &direct, &through),
        Err(_) => found.note("over the limit, Streamlit itself resets the connection"),
    }
    Ok(())
}

/// A download of 60 MB for a browser that takes gzip: Python would compress it for seconds first.
async fn trap_whole_body_compression(
    pair: &Pair,
    opened: &Opened,
    found: &mut Findings,
) -> Result<()> {
    let large = large_of(pair, opened).await?;
    let draft = Draft::new(format!("GET {large}")).field("Accept-Encoding", "gzip");
    let (direct, through) = found.same(pair, draft).await?;
    found.holds("it comes as it is", through.field("content-encoding").is_none());
    found.holds("with its length", through.field("content-length") == Some("62914560"));
    found.note(format!("Streamlit itself: {:?}", direct.field("content-encoding")));
    Ok(())
}

/// `localhost` is `::1` first to some programs, `127.0.0.1` to others.
async fn trap_both_addresses(pair: &Pair, _: &Opened, found: &mut Findings) -> Result<()> {
    let v6 = pair.through.at(std::net::Ipv6Addr::LOCALHOST);
    for path in ["/", "/_stcore/health", "/any/page"] {
        let draft = Draft::new(format!("GET {path}"));
        let both = tokio::join!(pair.through.send(&draft), v6.send(&draft));
        found.judge(&draft, &both.0?, &both.1?);
    }
    Ok(())
}

/// A browser sends the cookies of every port of a host: those of another app come too.
async fn trap_cookies_of_other_ports(pair: &Pair, _: &Opened, found: &mut Findings) -> Result<()> {
    for cookie in ["jupyter=\"a b\"; x=\u{e9}; empty=; =odd; flag", "waterskin-1=stranger"] {
        found.same(pair, Draft::new("GET /_stcore/health").cookie(cookie)).await?;
    }
    let name = pair.through.cookie.as_deref().and_then(|it| it.split('=').next());
    let port = pair.served.port()?.to_string();
    found.holds("ours has the port in its name", name.is_some_and(|it| it.contains(&port)));
    Ok(())
}

/// An unknown route is 200 with the page, the stream's too: whoever asks by HTTP whether Python is
/// up must look at the body.
async fn trap_plain_get_of_the_stream(pair: &Pair, _: &Opened, found: &mut Findings) -> Result<()> {
    let (direct, through) = found.same(pair, Draft::new("GET /_stcore/stream")).await?;
    found.equal("status", &direct.status, &through.status);
    if !is_old(pair.version) {
        found.holds(
            "it is the page",
            through.status == "200 OK" && through.text().contains("<html"),
        );
    }
    Ok(())
}

/// Runs items in their order; one that fails does not keep the others from running.
macro_rules! run {
    ($pair:expr, $opened:expr, $found:ident: $($item:ident)*) => {
        $(
            $found.begin(stringify!($item));
            let outcome = $item($pair, $opened, &mut $found).await;
            $found.end(outcome);
        )*
    };
}

async fn conforms(version: &'static str) -> Result<()> {
    let pair = Pair::start(version, &app("traffic"), "").await?;
    let opened = Opened::of(&pair).await?;
    let mut found = Findings::new("http", version);
    run!(&pair, &opened, found:
        c01_page_and_its_files c02_hashed_files c03_conditional c04_ranges c05_head
        c06_fallback_page c07_paths_that_climb c08_queries c09_options c10_other_methods
        c11_health c12_host_config c13_metrics c14_cookies_apart c15_codings
        c16_many_on_one_connection c17_a_client_that_leaves c28_uploads
        trap_whole_body_compression trap_both_addresses trap_cookies_of_other_ports
        trap_plain_get_of_the_stream
    );
    // Each difference on purpose must show, or it is none any more.
    found.begin("the list of differences");
    let seen = found.on_purpose();
    for difference in DIFFERENCES.iter().filter(|it| it.is_of(version)) {
        found.holds(&format!("`{}` is needed", difference.name), seen.contains(difference.name));
    }
    found.finish(Path::new(env!("CARGO_TARGET_TMPDIR")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn oldest_streamlit() -> Result<()> {
    conforms(OLDEST).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn newest_streamlit() -> Result<()> {
    conforms(NEWEST).await
}

mod long {
    use waterskin_tests::Result;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn tornado_streamlit() -> Result<()> {
        super::conforms(waterskin_tests::TORNADO).await
    }
}
