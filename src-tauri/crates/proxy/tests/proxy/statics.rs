use std::path::Path;

use tempfile::TempDir;
use waterskin_proxy::{Cache, Event, StaticFiles, Upstream};

use crate::support::{App, Setup, field, status};

const YEAR: &str = "public, immutable, max-age=31536000";

fn folder() -> TempDir {
    let name = if cfg!(windows) { "it's ä " } else { "it's \"ä\" " };
    let folder = tempfile::Builder::new().prefix(name).tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, bytes).unwrap();
    };
    write("index.html", b"<!doctype html><p>page");
    write("empty.png", b"");
    write("secret.txt", b"not below static");
    write("static/js/a.js", b"0123456789");
    write("static/media/\u{fc} b.woff2", b"font");
    write("static/big.bin", &big());
    folder
}

/// Larger than what is read at once, and not a multiple of it.
fn big() -> Vec<u8> {
    (0..1_000_003_u32).map(|at| (at % 251) as u8).collect()
}

async fn setup(folder: &Path, upstream: Upstream) -> Setup {
    let statics = StaticFiles::new(folder)
        .file("/", "index.html", Cache::Revalidate)
        .file("/favicon.png", "empty.png", Cache::Immutable)
        .file("/missing", "missing", Cache::Immutable)
        .tree("/static/", "static", Cache::Immutable);
    Setup::with(upstream, |mut options| {
        options.statics = Some(statics);
        options
    })
    .await
}

#[tokio::test]
async fn files_are_answered_while_the_app_starts() {
    let folder = folder();
    let setup = setup(folder.path(), Upstream::Holding).await;
    for (path, kind, cache, expected) in [
        ("/", "text/html; charset=utf-8", "no-cache", b"<!doctype html><p>page".to_vec()),
        (
            "/?embed=true",
            "text/html; charset=utf-8",
            "no-cache",
            b"<!doctype html><p>page".to_vec(),
        ),
        ("/favicon.png", "image/png", YEAR, Vec::new()),
        ("/static/js/a.js", "application/javascript", YEAR, b"0123456789".to_vec()),
        ("/static/media/%C3%BC%20b.woff2", "font/woff2", YEAR, b"font".to_vec()),
        ("/static/big.bin", "application/octet-stream", YEAR, big()),
    ] {
        let (head, body) = setup.ask(&format!("GET {path}"), "").await;
        assert_eq!(status(&head), 200, "{path}");
        assert_eq!(field(&head, "content-type"), Some(kind));
        assert_eq!(field(&head, "cache-control"), Some(cache));
        assert_eq!(field(&head, "content-length"), Some(expected.len().to_string().as_str()));
        assert_eq!(field(&head, "accept-ranges"), Some("bytes"));
        assert!(body == expected, "{path}");
        let (only, nothing) = setup.ask(&format!("HEAD {path}"), "").await;
        let without_date = |head: &str| {
            let lines = head.lines().filter(|it| !it.starts_with("date")).map(str::to_owned);
            lines.collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(without_date(&only), without_date(&head), "HEAD {path}");
        assert_eq!(nothing, b"");
    }
    let events = setup.record.events();
    assert_eq!(events[..2], [Event::Entered, Event::Page]);
    assert_eq!(events.iter().filter(|it| **it == Event::Page).count(), 4);
    assert_eq!(events.iter().filter(|it| **it == Event::Asset).count(), 8);
}

#[tokio::test]
async fn conditions_and_ranges_are_honoured() {
    let folder = folder();
    let setup = setup(folder.path(), Upstream::Holding).await;
    let (head, _) = setup.ask("GET /static/js/a.js", "").await;
    let (tag, date) = (field(&head, "etag").unwrap(), field(&head, "last-modified").unwrap());
    let ask = async |fields: &str| setup.ask("GET /static/js/a.js", fields).await;
    for condition in [format!("If-None-Match: {tag}\r\n"), format!("If-Modified-Since: {date}\r\n")]
    {
        let (head, body) = ask(&condition).await;
        assert_eq!((status(&head), body.len()), (304, 0));
        assert_eq!(field(&head, "etag"), Some(tag));
    }
    let (head, body) = ask("Range: bytes=2-4\r\n").await;
    assert_eq!((status(&head), body.as_slice()), (206, &b"234"[..]));
    assert_eq!(field(&head, "content-range"), Some("bytes 2-4/10"));
    assert_eq!(field(&head, "content-length"), Some("3"));
    let (head, body) = ask("Range: bytes=10-\r\n").await;
    assert_eq!((status(&head), body.len()), (416, 0));
    assert_eq!(field(&head, "content-range"), Some("bytes */10"));
    assert_eq!(field(&head, "content-type"), Some("text/plain; charset=utf-8"));
    let (head, body) = setup.ask("GET /static/big.bin", "Range: bytes=-600000\r\n").await;
    assert_eq!(status(&head), 206);
    assert!(body == big()[400_003..], "a part that is longer than what is read at once");
}

#[tokio::test]
async fn what_is_no_plain_file_goes_to_the_app_as_it_came() {
    let (app, mut heads) = App::canned("HTTP/1.1 400 From The App\r\nContent-Length: 0\r\n\r\n");
    let folder = folder();
    let setup = setup(folder.path(), Upstream::Ready(app.address.clone())).await;
    for line in [
        "GET /static/../secret.txt",
        "GET /static/%2e%2e/secret.txt",
        "GET /static/%2E%2E%2Fsecret.txt",
        "GET /static/..%5csecret.txt",
        "GET /static/js/../../secret.txt",
        "GET /static//js/a.js",
        "GET //static/js/a.js",
        "GET /secret.txt",
        "GET /index.html",
        "GET /static",
        "GET /static/",
        "GET /static/js",
        "GET /static/js/",
        "GET /static/js/missing.js",
        "GET /missing",
        "GET /static/%00",
        "POST /",
        "OPTIONS /static/js/a.js",
        "DELETE /favicon.png",
    ] {
        let (head, _) = setup.ask(line, "").await;
        assert_eq!(status(&head), 400, "{line}");
        let seen = heads.recv().await.unwrap();
        assert_eq!(seen.lines().next(), Some(format!("{line} HTTP/1.1").as_str()));
    }
    let (head, _) = setup.ask("GET /static/js/a.js", "Range: bytes=0-1,4-5\r\n").await;
    assert_eq!(status(&head), 400, "several ranges are left to the app");
}
