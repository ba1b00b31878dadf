use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use futures_util::future::join_all;
use http::{HeaderValue, header};
use tokio::time::Instant;

use super::exchange::Cap;
use super::{Ask, Context, Peer};
use crate::seen::{Exchange, What};

/// How many are asked for: a page of Streamlit's names about 60.
const MOST: usize = 200;

/// How many connections a browser opens.
const CONNECTIONS: usize = 6;

/// How much of each is read, in bytes. The largest is 5 MB.
const EACH: Cap = Cap(32 << 20);

/// Asks for every script and style that a page names on its own host.
pub async fn fetch(context: &Context, peer: &Peer, page: &[u8]) -> Vec<Exchange> {
    let text = String::from_utf8_lossy(page);
    let mut paths: Vec<(What, String)> = Vec::new();
    for (what, link) in named(&text) {
        let Some(url) = peer.address.join(&link) else { continue };
        let here = url.origin().ascii_serialization() == peer.address.origin();
        let path = url.path().to_owned();
        if here && paths.len() < MOST && !paths.iter().any(|(_, known)| *known == path) {
            paths.push((what, path));
        }
    }
    let connections = paths.len().min(CONNECTIONS);
    let queue = Mutex::new(VecDeque::from(paths));
    // All of them together have a limit as well.
    let until = Instant::now() + context.limit * 2;
    let worker = || async {
        let (mut line, mut exchanges) = (None, Vec::new());
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some((what, path)) = next.filter(|_| Instant::now() < until) else {
                return exchanges;
            };
            let mut ask = Ask::get(what, path);
            ask.cap = EACH;
            ask.fields = vec![(header::ACCEPT, HeaderValue::from_static("*/*"))];
            let heard = context.ask_on(peer, &mut line, ask).await;
            // One that gets no answer is enough: the others would wait as long.
            let failed = heard.exchange.fault().is_some();
            exchanges.push(heard.exchange);
            if failed {
                queue.lock().unwrap_or_else(PoisonError::into_inner).clear();
            }
        }
    };
    let all = join_all((0..connections).map(|_| worker())).await;
    let mut all: Vec<Exchange> = all.into_iter().flatten().collect();
    all.sort_by(|one, other| one.at_ms.total_cmp(&other.at_ms));
    all
}

/// The scripts and styles that a page names, in its order.
fn named(page: &str) -> Vec<(What, String)> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let name: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
        let end = rest.find('>').unwrap_or(rest.len());
        let tag = &rest[..end];
        let attribute = |wanted: &str| attribute(&tag[name.len()..], wanted);
        match name.to_ascii_lowercase().as_str() {
            "script" => {
                found.extend(attribute("src").map(|link| (What::Script, link)));
            }
            "link" => {
                let rel = attribute("rel").unwrap_or_default().to_ascii_lowercase();
                let what = match rel.as_str() {
                    "stylesheet" => Some(What::Style),
                    "modulepreload" => Some(What::Script),
                    _ => None,
                };
                found.extend(what.zip(attribute("href")));
            }
            _ => {}
        }
        rest = &rest[end..];
    }
    found
}

/// The value of an attribute in the inside of a tag.
fn attribute(tag: &str, wanted: &str) -> Option<String> {
    let mut rest = tag;
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '/');
        if rest.is_empty() {
            return None;
        }
        let name_end = rest
            .find(|letter: char| letter.is_whitespace() || matches!(letter, '=' | '/'))
            .unwrap_or(rest.len());
        let name = &rest[..name_end];
        rest = rest[name_end..].trim_start();
        let Some(after) = rest.strip_prefix('=') else {
            // An attribute without a value, or signs that begin none.
            if name.is_empty() {
                rest = rest.get(1..).unwrap_or_default();
            }
            continue;
        };
        let after = after.trim_start();
        let quoted = after.chars().next().filter(|quote| matches!(quote, '"' | '\''));
        let (value, after) = match quoted {
            Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
            None => {
                let end = after.find(char::is_whitespace).unwrap_or(after.len());
                after.split_at(end)
            }
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value.replace("&amp;", "&"));
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_names() {
        let page = r#"<!-- <script src="./no.js"></script> --><head>
            <link rel="preload" href="./font.woff2" as="font"/>
            <script type="module" crossorigin src="./static/js/index.3b.js"></script>
            <link rel="modulepreload" crossorigin href="./static/js/a.js">
            <link href='/x/b.css?a=1&amp;b=2' rel=stylesheet>
            <script>window.x = "<b"</script><SCRIPT SRC=c.js></SCRIPT>"#;
        let named = named(page);
        let named: Vec<_> = named.iter().map(|(what, link)| (*what, link.as_str())).collect();
        assert_eq!(
            named,
            [
                (What::Script, "./static/js/index.3b.js"),
                (What::Script, "./static/js/a.js"),
                (What::Style, "/x/b.css?a=1&b=2"),
                (What::Script, "c.js"),
            ]
        );
    }

    #[test]
    fn hostile_pages_end() {
        for page in
            ["<", "<script", "<script src", "<script src=", "<link =\"", "<!--", "<script / = é"]
        {
            named(page);
        }
        assert_eq!(named(&"<script src=x>".repeat(3)).len(), 3);
    }
}
