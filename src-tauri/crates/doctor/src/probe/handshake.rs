use base64::{Engine as _, prelude::BASE64_STANDARD};
use futures_util::future::join_all;
use http::{HeaderName, HeaderValue, header};
use hyper::upgrade::Upgraded;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use waterskin_streamlit::{STREAM, SUBPROTOCOL};

use super::exchange::Heard;
use super::{Ask, CONNECT_LIMIT, Context, Peer};
use crate::Address;
use crate::seen::{Exchange, Fault, Mark, Outcome, Times, What};

/// What the page sends in place of a token that it has not (1.40 to 1.67, `WebsocketConnection.tsx`).
const PLACEHOLDER: &str = "PLACEHOLDER_AUTH_TOKEN";

/// The cookie whose value is the token.
const XSRF: &str = "_streamlit_xsrf";

/// What came of a handshake.
pub struct Shaken(Heard);

/// Asks for the live connection, in one of several ways.
pub async fn shake(context: &Context, peer: &Peer, what: What) -> Shaken {
    let mut nonce = [0; 16];
    // A key that is not random serves as well: nothing depends on it but the answer to it.
    let _ = getrandom::fill(&mut nonce);
    let key = BASE64_STANDARD.encode(nonce);
    let base = peer.address.path().trim_end_matches('/');
    let mut ask = Ask::get(what, format!("{base}{STREAM}"));
    ask.cookies = what != What::HandshakeNoCookie;
    ask.fields = fields(context, &peer.address, what, &key);
    let mut heard = context.ask(peer, ask).await;
    let expected = derive_accept_key(key.as_bytes());
    let accept = heard.accept.clone();
    if let Outcome::Answer(answer) = &mut heard.exchange.outcome
        && answer.status == 101
        && accept.as_deref().map(str::trim) != Some(&expected)
    {
        answer.body.marks.push(Mark::WrongAccept);
    }
    Shaken(heard)
}

/// The headers of a handshake, as Chromium sends them; but for the encodings, as what comes in place of a
/// handshake's answer is to be read.
fn fields(
    context: &Context,
    address: &Address,
    what: What,
    key: &str,
) -> Vec<(HeaderName, HeaderValue)> {
    let fixed = HeaderValue::from_static;
    let mut fields = vec![
        (header::CONNECTION, fixed("Upgrade")),
        (header::PRAGMA, fixed("no-cache")),
        (header::CACHE_CONTROL, fixed("no-cache")),
        (header::UPGRADE, fixed("websocket")),
        (header::SEC_WEBSOCKET_VERSION, fixed("13")),
        (header::ACCEPT_LANGUAGE, fixed("en")),
    ];
    let mut put = |name: HeaderName, value: &str| {
        fields.extend(HeaderValue::from_str(value).ok().map(|value| (name, value)));
    };
    if what != What::HandshakeNoOrigin {
        put(header::ORIGIN, &address.origin());
    }
    put(header::SEC_WEBSOCKET_KEY, key);
    if what != What::HandshakePlain {
        put(header::SEC_WEBSOCKET_EXTENSIONS, "permessage-deflate; client_max_window_bits");
    }
    fields.push((header::SEC_WEBSOCKET_PROTOCOL, protocols(context, what)));
    fields
}

/// The list of subprotocols: that of the page has a token in its second place.
fn protocols(context: &Context, what: What) -> HeaderValue {
    if what == What::HandshakeOneProtocol {
        return HeaderValue::from_static(SUBPROTOCOL);
    }
    let jar = context.jar();
    let token = jar.value(XSRF).filter(|_| what != What::HandshakeNoCookie).unwrap_or(PLACEHOLDER);
    let list = HeaderValue::from_str(&format!("{SUBPROTOCOL}, {token}"));
    let mut list = list.unwrap_or_else(|_| HeaderValue::from_static(SUBPROTOCOL));
    list.set_sensitive(true);
    list
}

/// Asks again with one thing changed each time, and straight to the address behind the proxy.
pub async fn differences(
    context: &Context,
    peer: &Peer,
    upstream: Option<&Address>,
    before: &[Exchange],
) -> Vec<Exchange> {
    let mut ways = vec![What::HandshakeNoOrigin, What::HandshakeOneProtocol];
    let sent_cookie = before
        .iter()
        .any(|it| it.what == What::Handshake && it.sent.iter().any(|(name, _)| name == "cookie"));
    if sent_cookie {
        ways.push(What::HandshakeNoCookie);
    }
    let again =
        ways.into_iter().map(|what| async move { shake(context, peer, what).await.0.exchange });
    let straight = async {
        let address = upstream?.clone();
        let found = Peer::find(address.clone(), context.limit.min(CONNECT_LIMIT)).await;
        Some(match found {
            Ok(peer) => shake(context, &peer, What::HandshakeUpstream).await.0.exchange,
            Err(fault) => unreached(&address, fault),
        })
    };
    let (again, straight) = tokio::join!(join_all(again), straight);
    again.into_iter().chain(straight).collect()
}

fn unreached(address: &Address, fault: Fault) -> Exchange {
    Exchange {
        what: What::HandshakeUpstream,
        method: "GET".to_owned(),
        origin: address.origin(),
        path: address.path().to_owned(),
        sent: Vec::new(),
        at_ms: 0.0,
        times: Times::default(),
        outcome: Outcome::Failed { fault },
    }
}

impl Shaken {
    /// What was seen.
    pub fn exchange(&self) -> &Exchange {
        &self.0.exchange
    }

    /// Whether the server switched, and Chromium would take it.
    pub fn is_whole(&self) -> bool {
        self.0.exchange.answer().is_some_and(|answer| {
            answer.status == 101
                && !answer.has(Mark::WrongAccept)
                && answer.field("sec-websocket-protocol") == Some(SUBPROTOCOL)
        })
    }

    /// The connection to read frames from: another one where this one compresses them.
    pub async fn for_frames(
        self,
        context: &Context,
        peer: &Peer,
        exchanges: &mut Vec<Exchange>,
    ) -> Option<Upgraded> {
        let answer = self.0.exchange.answer()?;
        if answer.field("sec-websocket-extensions").is_none() {
            return self.0.upgraded;
        }
        let Self(again) = shake(context, peer, What::HandshakePlain).await;
        exchanges.push(again.exchange);
        again.upgraded
    }
}
