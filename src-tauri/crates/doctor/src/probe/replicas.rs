use bytes::Bytes;
use futures_util::future::join_all;
use http::{HeaderName, HeaderValue, Method, header};

use super::{Ask, Context, Peer};
use crate::seen::{Exchange, Kind, Mark, Replicas, What};

/// How many new connections are made. One of two processes is missed by all of them once in 256 times.
const CONNECTIONS: usize = 8;

/// What came of them.
pub struct Asked {
    /// Every request.
    pub exchanges: Vec<Exchange>,
    /// What they tell together, where any could.
    pub replicas: Option<Replicas>,
}

/// What one request tells: whether it reached the process that has the connection.
type Told = Option<bool>;

/// Asks on new connections, while the live one is open, whether they reach the process that holds it.
///
/// A process says in its metrics how many sessions it has (1.67; older ones don't): none is another
/// process, and so is one that has counted fewer connections than one before. A process refuses an upload
/// for a session that it does not know; that needs the session's id, which is known when the script was
/// run. Nothing is uploaded: the form has no file in it.
pub async fn ask(context: &Context, peer: &Peer, session: Option<&str>) -> Asked {
    let (mut exchanges, mut told) = (Vec::new(), Vec::new());
    match session {
        Some(session) => {
            let asked = (0..CONNECTIONS).map(|_| upload(context, peer, session));
            for (exchange, here) in join_all(asked).await {
                exchanges.push(exchange);
                told.push(here);
            }
        }
        None => {
            let mut most = 0.0;
            for _ in 0..CONNECTIONS {
                let (exchange, counts) = metrics(context, peer).await;
                let failed = exchange.fault().is_some();
                exchanges.push(exchange);
                told.push(counts.map(|counts| counts.active > 0.0 && counts.connected >= most));
                most = counts.map_or(most, |counts| counts.connected.max(most));
                // Nothing comes of asking a host again that has no metrics.
                if failed || counts.is_none() {
                    break;
                }
            }
        }
    }
    let told: Vec<bool> = told.into_iter().flatten().collect();
    let count = |all: usize| u32::try_from(all).unwrap_or(u32::MAX);
    let replicas = (!told.is_empty()).then(|| Replicas {
        asked: count(told.len()),
        elsewhere: count(told.iter().filter(|here| !**here).count()),
        by: if session.is_some() { "upload" } else { "metrics" }.to_owned(),
    });
    Asked { exchanges, replicas }
}

/// What a process says of its sessions.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Counts {
    /// How many are open.
    active: f64,
    /// How many were ever opened.
    connected: f64,
}

async fn metrics(context: &Context, peer: &Peer) -> (Exchange, Option<Counts>) {
    let base = peer.address.path().trim_end_matches('/');
    let heard = context.ask(peer, Ask::get(What::Metrics, format!("{base}/_stcore/metrics"))).await;
    let counts = counts(&String::from_utf8_lossy(&heard.body));
    (heard.exchange, counts)
}

/// Reads OpenMetrics' text.
fn counts(metrics: &str) -> Option<Counts> {
    let value = |name: &str| -> Option<f64> {
        let line = metrics.lines().find(|line| line.starts_with(name))?;
        line.rsplit(' ').next()?.parse().ok()
    };
    let connected = value("session_events_total{type=\"connect").unwrap_or_default();
    Some(Counts { active: value("active_sessions ")?, connected })
}

async fn upload(context: &Context, peer: &Peer, session: &str) -> (Exchange, Told) {
    let base = peer.address.path().trim_end_matches('/');
    let mut ask = Ask::get(What::Upload, format!("{base}/_stcore/upload_file/{session}/none"));
    ask.method = Method::PUT;
    ask.body = Bytes::from_static(b"--none--\r\n");
    let form = HeaderValue::from_static("multipart/form-data; boundary=none");
    ask.fields = vec![(header::CONTENT_TYPE, form)];
    if let Some(mut token) =
        context.jar().value("_streamlit_xsrf").and_then(|it| HeaderValue::from_str(it).ok())
    {
        token.set_sensitive(true);
        ask.fields.push((HeaderName::from_static("x-xsrftoken"), token));
    }
    let mut heard = context.ask(peer, ask).await;
    // Whoever has a session's id can take it over.
    heard.exchange.path = format!("{base}/_stcore/upload_file/(hidden)/none");
    let told = heard.exchange.answer().filter(|it| it.status == 400).and_then(|answer| {
        let said = matches!(answer.body.kind, Kind::Html | Kind::Text | Kind::Json);
        said.then(|| !answer.has(Mark::NoSession))
    });
    (heard.exchange, told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_of_a_process() {
        let metrics = "# TYPE active_sessions gauge\nsession_events_total{type=\"connect\"} 3\nactive_sessions 2\n# EOF\n";
        assert_eq!(counts(metrics), Some(Counts { active: 2.0, connected: 3.0 }));
        assert_eq!(counts("# TYPE cache_memory_bytes gauge\n# EOF\n"), None);
        assert_eq!(counts("<html>"), None);
    }
}
