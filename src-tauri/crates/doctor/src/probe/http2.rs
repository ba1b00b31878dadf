use bytes::Bytes;
use h2::client::SendRequest;
use h2::ext::Protocol;
use http::{HeaderValue, Method, Request, header};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};
use waterskin_streamlit::{HEALTH, STREAM, SUBPROTOCOL};

use super::tls::Offer;
use super::{Context, Peer, body, ms};
use crate::seen::{Exchange, Fault, Outcome, Times, What};

/// How much of a body is read, in bytes.
const CAP: usize = 1 << 20;

/// A connection of HTTP/2.
struct Session {
    sender: SendRequest<Bytes>,
    times: Times,
    // Drives the connection; ends with this.
    _driver: JoinSet<()>,
}

/// All that can be asked of a host that has only HTTP/2.
pub async fn page(context: &Context, peer: &Peer) -> Vec<Exchange> {
    let base = peer.address.bases().swap_remove(0);
    let gets =
        [(What::Page, peer.address.path().to_owned()), (What::Health, format!("{base}{HEALTH}"))];
    run(context, peer, &gets, &base).await
}

/// The live connection over HTTP/2, where the host offers that (RFC 8441).
pub async fn connect(context: &Context, peer: &Peer) -> Vec<Exchange> {
    let base = peer.address.path().trim_end_matches('/').to_owned();
    run(context, peer, &[(What::HealthHttp2, format!("{base}{HEALTH}"))], &base).await
}

/// Makes these requests, and then the live connection's if the host's settings offer it.
async fn run(context: &Context, peer: &Peer, gets: &[(What, String)], base: &str) -> Vec<Exchange> {
    let mut exchanges = Vec::new();
    let Ok(Ok(mut session)) = timeout(context.limit, open(context, peer)).await else {
        return exchanges;
    };
    for (what, path) in gets {
        exchanges.push(session.ask(context, peer, *what, path).await);
    }
    // The settings are there when an answer is.
    if session.sender.is_extended_connect_protocol_enabled() {
        let path = format!("{base}{STREAM}");
        exchanges.push(session.ask(context, peer, What::HandshakeHttp2, &path).await);
    }
    exchanges
}

async fn open(context: &Context, peer: &Peer) -> Result<Session, Fault> {
    let mut times = Times::default();
    let (stream, _) = peer.open(context, Offer::Http2, &mut times).await?;
    let (sender, connection) = h2::client::handshake(stream).await.map_err(|it| other(&it))?;
    let mut driver = JoinSet::new();
    driver.spawn(async move {
        // Whoever waits for an answer hears of it.
        let _ = connection.await;
    });
    Ok(Session { sender, times, _driver: driver })
}

impl Session {
    async fn ask(&mut self, context: &Context, peer: &Peer, what: What, path: &str) -> Exchange {
        let (started, at_ms) = (Instant::now(), ms(context.start));
        let is_connect = what == What::HandshakeHttp2;
        let method = if is_connect { Method::CONNECT } else { Method::GET };
        let mut times = std::mem::take(&mut self.times);
        let exchange = self.exchange(context, peer, (&method, is_connect, path), &mut times);
        let outcome = match timeout_at(started + context.limit, exchange).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(fault)) => Outcome::Failed { fault },
            Err(_) => Outcome::Failed { fault: Fault::Silent },
        };
        times.total = ms(started);
        Exchange {
            what,
            method: method.to_string(),
            origin: peer.address.origin(),
            path: path.to_owned(),
            sent: Vec::new(),
            at_ms,
            times,
            outcome,
        }
    }

    async fn exchange(
        &mut self,
        context: &Context,
        peer: &Peer,
        (method, is_connect, path): (&Method, bool, &str),
        times: &mut Times,
    ) -> Result<Outcome, Fault> {
        let started = Instant::now();
        let mut request = Request::builder()
            .method(method.clone())
            .uri(format!("{}{path}", peer.address.origin()))
            .body(())
            .map_err(|error| Fault::Other { says: error.to_string() })?;
        for (name, value) in context.secrets(peer, true) {
            request.headers_mut().append(name, value);
        }
        if is_connect {
            request.extensions_mut().insert(Protocol::from_static("websocket"));
            let headers = request.headers_mut();
            headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
            if let Ok(origin) = HeaderValue::from_str(&peer.address.origin()) {
                headers.insert(header::ORIGIN, origin);
            }
        }
        let sender = self.sender.clone().ready().await.map_err(|it| other(&it))?;
        self.sender = sender;
        let (response, _sending) =
            self.sender.send_request(request, !is_connect).map_err(|it| other(&it))?;
        let response = response.await.map_err(|it| other(&it))?;
        times.wait = Some(ms(started));
        let mut answer = context.head(&response, peer);
        if is_connect && answer.status == 200 {
            answer.body.whole = true;
            return Ok(Outcome::Answer(answer));
        }
        let (mut stream, mut text) = (response.into_body(), Vec::new());
        answer.body.whole = loop {
            match stream.data().await {
                None => break true,
                Some(Err(_)) => break false,
                Some(Ok(data)) => {
                    // Cannot fail for what was received.
                    let _ = stream.flow_control().release_capacity(data.len());
                    text.extend_from_slice(&data);
                    if text.len() > CAP {
                        break false;
                    }
                }
            }
        };
        answer.body.bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
        (answer.body.kind, answer.body.marks) = body::look(&text);
        Ok(Outcome::Answer(answer))
    }
}

fn other(error: &h2::Error) -> Fault {
    Fault::Other { says: error.to_string() }
}
