use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use waterskin_tests::{PATIENCE, Result, Website, eventually};

use crate::forwarder::Seen;
use crate::frames::{Message, message};

/// A script in Streamlit's page that tells when which message came. For a side whose port is chosen
/// by itself, so that nothing can stand between its page and its server.
#[derive(Debug)]
pub struct Probe {
    website: Website,
}

impl Probe {
    /// Puts the script into the page `index.html` of Streamlit's folder `folder`.
    pub async fn into_page(folder: &Path) -> Result<Self> {
        let website = Website::serve(String::new()).await?;
        let origin = format!("http://127.0.0.1:{}", website.port);
        let script = include_str!("probe.js").replace("ORIGIN", &origin);
        let path = folder.join("index.html");
        let page = fs_err::read_to_string(&path)?;
        let (before, rest) = page.split_once("<head>").context("a page without a head")?;
        fs_err::write(path, format!("{before}<head><script>{script}</script>{rest}"))?;
        Ok(Self { website })
    }

    /// Waits until the script of the app is done, and gives what was told since `began`.
    pub async fn finished(&self, began: SystemTime) -> Result<Seen> {
        let done = eventually("the end of the script", PATIENCE, async || {
            let seen = seen(&self.website.seen(), began);
            Ok(seen.finished.is_some().then_some(seen))
        });
        done.await
    }
}

/// What the heads of requests tell. The page's clock has milliseconds only.
fn seen(heads: &[String], began: SystemTime) -> Seen {
    let told = heads.iter().filter_map(|head| told(head)).filter(|(at, _)| *at >= began);
    let mut seen = Seen::default();
    for (at, message) in told {
        let field = match message {
            Message::Delta => &mut seen.first_delta,
            Message::ScriptFinished => &mut seen.finished,
        };
        // Requests may overtake each other.
        *field = Some(field.map_or(at, |earlier| earlier.min(at)));
    }
    seen
}

/// The moment and the kind in `GET /<milliseconds>/<hexadecimal beginning of a message>`.
fn told(head: &str) -> Option<(SystemTime, Message)> {
    let (at, start) = head.split_whitespace().nth(1)?.strip_prefix('/')?.split_once('/')?;
    let at = SystemTime::UNIX_EPOCH + Duration::from_millis(at.parse().ok()?);
    let start = (0..start.len() / 2)
        .map(|byte| u8::from_str_radix(start.get(byte * 2..byte * 2 + 2)?, 16).ok());
    Some((at, message(&start.collect::<Option<Vec<_>>>()?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_of_each_kind_since_the_start_counts() {
        let heads =
            ["5/2a", "2020/3000", "2010/0a02ab112a00", "2012/2a", "2011/2201", "favicon.ico"];
        let heads = heads.map(|path| format!("GET /{path} HTTP/1.1\nhost: x\n"));
        let at = |millis| SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        let seen = seen(&heads, at(1000));
        assert_eq!((seen.first_delta, seen.finished), (Some(at(2010)), Some(at(2020))));
    }
}
