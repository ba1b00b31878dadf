//! The questions to a host, a file for each. Nothing here decides what they mean.

mod assets;
mod body;
mod connect;
mod exchange;
mod frames;
mod handshake;
mod hold;
mod http2;
mod page;
mod peer;
mod pings;
mod replicas;
mod tls;

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use http::{HeaderName, HeaderValue, header};
use tokio::time::Instant;

pub(crate) use exchange::Ask;
pub(crate) use peer::Peer;

use crate::secrets::{Cookies, Hidden, SecretHeader};
use crate::seen::{Contact, Exchange, Fault, Kind, Mark, Seen, Terms, Tls, TlsFault, What};
use crate::{Address, Options, Scheme};

/// How long connecting may take at most, whatever the limit is.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// Why an examination could not begin.
#[derive(Debug, thiserror::Error)]
pub enum ExamineError {
    /// The system has no certificates to trust.
    #[error("the certificates that this system trusts could not be read: {says}")]
    Roots {
        /// What the library says.
        says: String,
    },
}

/// What all probes of an examination share.
pub(crate) struct Context {
    start: Instant,
    limit: Duration,
    // The origin that secrets go to.
    trusted: Mutex<Address>,
    headers: Vec<SecretHeader>,
    cookies: Mutex<Cookies>,
    authorities: Vec<u8>,
    tls: OnceLock<Result<tls::Client, String>>,
}

impl Context {
    fn new(options: &Options) -> Self {
        let mut headers = options.headers.clone();
        headers.extend(SecretHeader::of_user(&options.address));
        Self {
            start: Instant::now(),
            limit: options.limit,
            trusted: Mutex::new(options.address.clone()),
            headers,
            cookies: Mutex::new(options.cookies.clone()),
            authorities: options.authorities.clone(),
            tls: OnceLock::new(),
        }
    }

    /// TLS as this system does it.
    fn tls(&self) -> Result<&tls::Client, TlsFault> {
        let client = self.tls.get_or_init(|| tls::Client::new(&self.authorities));
        client.as_ref().map_err(|says| TlsFault::Handshake { says: says.clone() })
    }

    /// The headers that only the host itself is told.
    fn secrets(&self, peer: &Peer, cookies: bool) -> Vec<(HeaderName, HeaderValue)> {
        if !self.trusts(peer) {
            return Vec::new();
        }
        let (given, others): (Vec<_>, Vec<_>) =
            self.headers.iter().partition(|it| it.name == header::COOKIE);
        let mut all: Vec<_> =
            others.into_iter().map(|it| (it.name.clone(), it.value.clone())).collect();
        if cookies {
            // A browser sends one line of them.
            let jar = self.jar().header();
            let lines: Vec<&[u8]> = given
                .iter()
                .map(|it| it.value.as_bytes())
                .chain(jar.iter().map(HeaderValue::as_bytes))
                .collect();
            let mut line = HeaderValue::from_bytes(&lines.join(&b"; "[..])).ok();
            line.iter_mut().for_each(|line| line.set_sensitive(true));
            all.extend(line.filter(|it| !it.is_empty()).map(|line| (header::COOKIE, line)));
        }
        all
    }

    fn trusts(&self, peer: &Peer) -> bool {
        let trusted = self.trusted.lock().unwrap_or_else(PoisonError::into_inner);
        trusted.origin() == peer.address.origin()
    }

    /// Trusts another origin of the same host from now on: what plain HTTP was redirected to.
    fn trust(&self, address: &Address) {
        let mut trusted = self.trusted.lock().unwrap_or_else(PoisonError::into_inner);
        if trusted.host() == address.host() && address.scheme() == Scheme::Https {
            *trusted = address.clone();
        }
    }

    fn jar(&self) -> Cookies {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps a cookie as a browser does; gives its name.
    fn keep(&self, set_cookie: &str, peer: &Peer) -> Option<String> {
        if self.trusts(peer) {
            return self.cookies.lock().unwrap_or_else(PoisonError::into_inner).keep(set_cookie);
        }
        Cookies::default().keep(set_cookie)
    }

    /// A text without what is secret.
    fn scrub(&self, text: &str) -> String {
        Hidden::of(&self.headers, &self.jar()).scrub(text)
    }

    /// How long the header `Cookie` is.
    fn cookie_bytes(&self) -> usize {
        let given = self.headers.iter().filter(|it| it.name == header::COOKIE);
        given.map(|it| it.value.len()).sum::<usize>()
            + self.jar().header().map_or(0, |value| value.len())
    }
}

/// Milliseconds since then.
fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// Asks a host all there is to ask. What fails is a part of what is seen.
pub async fn examine(options: &Options) -> Result<Seen, ExamineError> {
    let context = Context::new(options);
    let began = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mut seen = Seen {
        asked: options.address.shown(),
        address: options.address.shown(),
        terms: Terms {
            run: options.run,
            idle: options.idle.map(|it| it.as_secs_f64()),
            limit: options.limit.as_secs_f64(),
            upstream: options.upstream.is_some(),
            cookie_bytes: context.cookie_bytes(),
        },
        began: began.as_secs_f64(),
        ..Seen::default()
    };
    let Some(peer) = contact(&context, &options.address, &mut seen.contact).await? else {
        return Ok(seen);
    };
    let speaks_http2 =
        seen.contact.tls.as_ref().is_some_and(|tls| tls.alpn.as_deref() == Some("h2"));
    let page = page::fetch(&context, peer.clone()).await;
    // It agreed on HTTP/2 and has no HTTP/1.1: a browser has the page all the same.
    let only_http2 = page.exchanges.last().and_then(Exchange::fault).is_some_and(|fault| {
        matches!(
            fault,
            Fault::OnlyHttp2 | Fault::NotHttp { .. } | Fault::Closed | Fault::Tls { .. }
        )
    });
    if speaks_http2 && only_http2 {
        seen.exchanges = http2::page(&context, &peer).await;
        return Ok(seen);
    }
    seen.exchanges.extend(page.exchanges);
    let Some(peer) = page.peer else { return Ok(seen) };
    seen.address = peer.address.shown();
    let (pings, assets) =
        tokio::join!(pings::ask(&context, &peer), assets::fetch(&context, &peer, &page.body),);
    seen.exchanges.extend(pings.exchanges);
    seen.exchanges.extend(assets);
    let is_streamlit = seen.answer(What::Page).is_some_and(|page| page.has(Mark::Streamlit));
    if !is_streamlit && !pings.ok {
        seen.exchanges.push(exchange::front(&context, &peer).await);
        return Ok(seen);
    }
    live(&context, options, &peer.with_path(&format!("{}/", pings.base)), &mut seen).await;
    Ok(seen)
}

/// Finds the host: its name, its addresses, TLS.
async fn contact(
    context: &Context,
    address: &Address,
    contact: &mut Contact,
) -> Result<Option<Peer>, ExamineError> {
    let limit = context.limit.min(CONNECT_LIMIT);
    contact.host = address.host();
    let (took, found) = connect::resolve(&contact.host, address.port(), limit).await;
    contact.name_ms = took;
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            contact.name_error = Some(error);
            return Ok(None);
        }
    };
    let (connects, at) = connect::reach(&found, limit).await;
    contact.connects = connects;
    let Some(at) = at else { return Ok(None) };
    if address.scheme() == Scheme::Https {
        let client = context.tls().map_err(|fault| match fault {
            TlsFault::Handshake { says } => ExamineError::Roots { says },
            other => ExamineError::Roots { says: format!("{other:?}") },
        })?;
        let mut tls = match connect::tcp(at, limit).await {
            Ok(stream) => client.look(&address.host(), stream, context.limit).await,
            Err(fault) => Tls {
                fault: Some(if fault == Fault::Silent {
                    TlsFault::Silent
                } else {
                    TlsFault::Closed
                }),
                ..Tls::default()
            },
        };
        tls.subject = tls.subject.map(|text| context.scrub(&text));
        let failed = tls.fault.is_some();
        contact.tls = Some(tls);
        if failed {
            return Ok(None);
        }
    }
    Ok(Some(Peer { address: address.clone(), at }))
}

/// The live connection: the handshake, what tells why it fails, and what comes after it.
async fn live(context: &Context, options: &Options, peer: &Peer, seen: &mut Seen) {
    seen.terms.cookie_bytes = context.cookie_bytes();
    let speaks_http2 =
        seen.contact.tls.as_ref().is_some_and(|tls| tls.alpn.as_deref() == Some("h2"));
    let over_http2 =
        async { if speaks_http2 { http2::connect(context, peer).await } else { Vec::new() } };
    let (first, over_http2) =
        tokio::join!(handshake::shake(context, peer, What::Handshake), over_http2);
    let switched = first.is_whole();
    seen.exchanges.push(first.exchange().clone());
    seen.exchanges.extend(over_http2);
    if !switched {
        let (differences, front) = tokio::join!(
            handshake::differences(context, peer, options.upstream.as_ref(), &seen.exchanges),
            exchange::front(context, peer),
        );
        seen.exchanges.extend(differences);
        seen.exchanges.push(front);
        return;
    }
    let Some(opened) = first.for_frames(context, peer, &mut seen.exchanges).await else { return };
    let (stream, session, open) = frames::exchange(context, opened, options.run).await;
    let whole = stream.closed.is_none() && stream.pong_ms.is_some();
    seen.stream = Some(stream);
    if whole {
        let asked = replicas::ask(context, peer, session.as_deref()).await;
        seen.exchanges.extend(asked.exchanges);
        seen.replicas = asked.replicas;
        // Kept open till here, as the processes are told apart by it.
        drop(open);
        seen.holds = hold::both(context, peer, options.idle).await;
    }
    let closed = seen.holds.iter().any(|hold| hold.closed.is_some());
    let split = seen.replicas.as_ref().is_some_and(|it| it.elsewhere > 0);
    if !whole || closed || split {
        seen.exchanges.push(exchange::front(context, peer).await);
    }
}

/// Whether an exchange is a health route that says so.
fn is_ok(exchange: &Exchange) -> bool {
    exchange.answer().is_some_and(|it| it.status == 200 && it.body.kind == Kind::Ok)
}
