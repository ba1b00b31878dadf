use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime};

use http::header::{
    ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, DATE,
    HeaderMap, HeaderValue, LOCATION, REFERRER_POLICY, SET_COOKIE,
};
use http::{Method, Request, Response, StatusCode, request};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body as _, Incoming};

use crate::body::{Body, empty, full};
use crate::connections::Visitor;
use crate::exchange::{Answerer, Begun, Stream};
use crate::forward::{self, Route};
use crate::gate::Verdict;
use crate::headers;
use crate::hold;
use crate::login::{Departure, Return};
use crate::observer::{Event, UpstreamFailure};
use crate::pool::Pool;
use crate::refusal::Refusal;
use crate::server::{Options, Tasks};
use crate::tunnel::Tunnel;
use crate::unavailable::{self, Unavailable};
use crate::upgrade;
use crate::upstream::Address;

/// The paths below are the proxy's own and never reach the app.
const OWN: &str = "/_waterskin/";
const REPORT: &str = "/_waterskin/report";

const CLOSE: HeaderValue = HeaderValue::from_static("close");

const HTML: &[u8] = b"text/html";

/// Who may show a page of ours in a frame: our own pages, as Streamlit's components need it.
const OWN_FRAMES: HeaderValue = HeaderValue::from_static("frame-ancestors 'self'");

/// What the page after a login may load and do.
const NOTHING_BUT_LOOKS: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'",
);

/// The longest report, in bytes.
const MAX_REPORT: usize = 4 * 1024;

/// Answers requests, one after the other on each connection.
pub(crate) struct Service {
    options: Options,
    tasks: Tasks,
    pool: Arc<Pool>,
    requests: AtomicU64,
    streams: AtomicU64,
}

impl Service {
    pub(crate) fn new(options: Options, tasks: Tasks) -> Self {
        let (requests, streams) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { options, tasks, pool: Arc::default(), requests, streams }
    }

    /// The answer to any request.
    pub(crate) async fn answer(
        &self,
        mut request: Request<Incoming>,
        visitor: &Visitor,
    ) -> Response<Body> {
        let observer = &self.options.observer;
        let begun = observer.wants_exchanges().then(|| {
            let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
            Begun::new(number, &mut request, Arc::clone(observer))
        });
        let mut by = Answerer::Proxy;
        let answer = unframed(self.respond(request, visitor, &mut by).await);
        match begun {
            Some(begun) => begun.answered(answer, by),
            None => answer,
        }
    }

    /// Gate, own paths, static files, the app; in this order.
    async fn respond(
        &self,
        request: Request<Incoming>,
        visitor: &Visitor,
        by: &mut Answerer,
    ) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let verdict = match visitor.is_foreign() {
            true => Verdict::Refuse(Refusal::User),
            false => self.options.gate.judge(&parts, Instant::now()),
        };
        match verdict {
            Verdict::Pass => visitor.admit().await,
            Verdict::Refuse(refusal) => {
                tracing::debug!(?refusal, method = %parts.method, "a request was refused");
                return dated(refusal.answer(&parts.headers));
            }
            Verdict::Enter { next } => return dated(self.enter(&next)),
            Verdict::Leave { away } => return dated(elsewhere(&away)),
            Verdict::Return(returned) => return dated(self.returned(returned)),
        }
        if parts.uri.path().starts_with(OWN) {
            return dated(self.own(&parts, body).await);
        }
        if !headers::has_clear_end(&parts.headers) {
            let mut answer = short(StatusCode::NOT_IMPLEMENTED, "Not Implemented\n");
            answer.headers_mut().insert(CONNECTION, CLOSE);
            return dated(answer);
        }
        if parts.method == Method::CONNECT {
            // It asks for a tunnel to some host, which this is not (RFC 9110 section 9.3.6).
            return dated(short(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed\n"));
        }
        if let Some(answer) = self.try_statics(&parts).await {
            *by = Answerer::Files;
            return dated(answer);
        }
        match self.ask_app(parts, body).await {
            Ok(answer) => {
                *by = Answerer::App;
                // The app's own answers go as they are: they have a date or do not.
                answer
            }
            Err(answer) => dated(answer),
        }
    }

    fn enter(&self, next: &str) -> Response<Body> {
        let (Ok(cookie), Ok(next)) = (self.options.gate.set_cookie(), HeaderValue::from_str(next))
        else {
            return short(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error\n");
        };
        self.options.observer.event(Event::Entered);
        let mut answer = Response::new(empty());
        *answer.status_mut() = StatusCode::SEE_OTHER;
        answer.headers_mut().extend([
            (LOCATION, next),
            (SET_COOKIE, cookie),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        ]);
        answer
    }

    /// What a browser shows that came back from another site.
    fn returned(&self, returned: Return) -> Response<Body> {
        if let Return::Login { target } = returned {
            self.options.observer.event(Event::Returned { target });
        }
        let page = self.options.returned.as_deref().unwrap_or_default();
        let mut answer = Response::new(full(page.to_owned()));
        answer.headers_mut().extend([
            (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (CONTENT_SECURITY_POLICY, NOTHING_BUT_LOOKS),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            (CONNECTION, CLOSE),
        ]);
        answer
    }

    /// Takes a login at another site out of the window: what asked for it gets no other page, and
    /// the cookies of it.
    fn kept_here(&self, mut answer: Response<Body>) -> Response<Body> {
        let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let Some(location) = location.filter(|_| answer.status().is_redirection()) else {
            return answer;
        };
        let (event, next) = match self.options.gate.depart(location, Instant::now()) {
            Ok(None) => return answer,
            Ok(Some(Departure::Login { path })) => (Event::Leaves { path }, None),
            Ok(Some(Departure::Logout { path })) => (Event::Leaves { path }, Some("/")),
            Ok(Some(Departure::NoReturn { redirect_uri })) => {
                (Event::NoReturn { redirect_uri }, None)
            }
            Err(error) => {
                tracing::error!(%error, "a login could not be begun");
                return answer;
            }
        };
        self.options.observer.event(event);
        match next {
            Some(next) => {
                answer.headers_mut().insert(LOCATION, HeaderValue::from_static(next));
            }
            None => {
                *answer.status_mut() = StatusCode::NO_CONTENT;
                *answer.body_mut() = empty();
                for name in [LOCATION, CONTENT_TYPE, CONTENT_LENGTH] {
                    answer.headers_mut().remove(name);
                }
            }
        }
        answer
    }

    async fn own(&self, parts: &request::Parts, body: Incoming) -> Response<Body> {
        if parts.uri.path() != REPORT {
            return short(StatusCode::NOT_FOUND, "Not Found\n");
        }
        if parts.method != Method::POST {
            let mut answer = short(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed\n");
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
            return answer;
        }
        match Limited::new(body, MAX_REPORT).collect().await {
            Ok(report) => {
                self.options.observer.event(Event::Report(report.to_bytes()));
                let mut answer = Response::new(empty());
                *answer.status_mut() = StatusCode::NO_CONTENT;
                answer
            }
            // Too long, or cut off; nobody reads the answer to the latter.
            Err(_) => short(StatusCode::PAYLOAD_TOO_LARGE, "a report has at most 4096 bytes\n"),
        }
    }

    async fn try_statics(&self, parts: &request::Parts) -> Option<Response<Body>> {
        let statics = self.options.statics.as_ref()?;
        let answer = statics.answer(&parts.method, parts.uri.path(), &parts.headers).await?;
        let is_page = parts.uri.path().ends_with('/') || is_html(answer.headers());
        self.options.observer.event(if is_page { Event::Page } else { Event::Asset });
        Some(answer)
    }

    /// The app's answer, or ours in its place as the error.
    async fn ask_app(
        &self,
        parts: request::Parts,
        body: Incoming,
    ) -> Result<Response<Body>, Response<Body>> {
        let as_page = unavailable::wants_html(&parts.headers);
        let upgrades = headers::upgrade_of(&parts).is_some();
        let answer = if upgrades {
            match hold::address(&self.options.upstream, &self.tasks.draining).await {
                Err(unavailable) => Err(unavailable),
                Ok(address) => {
                    self.upgraded(parts, body, &address).await.map_err(Unavailable::Failed)
                }
            }
        } else if parts.method.is_safe() && body.is_end_stream() {
            self.ask_until_answered(parts).await
        } else {
            match hold::address(&self.options.upstream, &self.tasks.draining).await {
                Err(unavailable) => Err(unavailable),
                Ok(address) => {
                    let body = Some(body);
                    self.forwarded(parts, body, address).await.map_err(Unavailable::Failed)
                }
            }
        };
        answer.map_err(|unavailable| {
            if let Unavailable::Failed(kind) = unavailable {
                self.options.observer.event(Event::UpstreamFailed { kind });
            }
            if upgrades {
                let status = unavailable.status().as_u16();
                self.options.observer.event(Event::UpgradeRefused { status });
            }
            unavailable::answer(&unavailable, as_page, &*self.options.unavailable)
        })
    }

    /// Asks the app for what changes nothing there. When the app has just ended, the request waits
    /// for the next one, as all do that come a moment later. It is sent twice at most: the request
    /// itself may be what the app ends of.
    async fn ask_until_answered(
        &self,
        parts: request::Parts,
    ) -> Result<Response<Body>, Unavailable> {
        let Options { upstream, restart_notice, .. } = &self.options;
        let draining = &self.tasks.draining;
        let mut sent = false;
        loop {
            let address = hold::address(upstream, draining).await?;
            let failure = match self.forwarded(parts.clone(), None, address.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let worth = match failure {
                UpstreamFailure::Refused => true,
                UpstreamFailure::ClosedEarly => !std::mem::replace(&mut sent, true),
                UpstreamFailure::Malformed | UpstreamFailure::TimedOut => false,
            };
            if !worth || !hold::changed(upstream, &address, *restart_notice, draining).await {
                return Err(Unavailable::Failed(failure));
            }
        }
    }

    /// The app's answer to a request with this body, or with none.
    async fn forwarded(
        &self,
        parts: request::Parts,
        body: Option<Incoming>,
        address: Address,
    ) -> Result<Response<Body>, UpstreamFailure> {
        let is_get = parts.method == Method::GET;
        let may_leave = is_get && self.options.returned.is_some() && is_navigation(&parts.headers);
        let request =
            forward::onward(parts, body, |headers| headers::for_request(headers, &address));
        let route = Route {
            address,
            pool: &self.pool,
            tasks: &self.tasks,
            connect_timeout: self.options.handshake_timeout,
        };
        let mut answer = forward::forward(request, &route).await?;
        if may_leave {
            answer = self.kept_here(answer);
        }
        if is_get && answer.status().is_success() && is_html(answer.headers()) {
            self.options.observer.event(Event::Page);
        }
        Ok(answer)
    }

    async fn upgraded(
        &self,
        mut parts: request::Parts,
        body: Incoming,
        address: &Address,
    ) -> Result<Response<Body>, UpstreamFailure> {
        let protocol = headers::upgrade_of(&parts);
        let is_websocket =
            protocol.is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(b"websocket"));
        let window = parts.extensions.remove::<hyper::upgrade::OnUpgrade>();
        let request = forward::onward(parts, Some(body), |headers| {
            let keep = self.options.upgrade_cookies;
            headers::for_upgrade(headers, keep, address)
        });
        let timeout = self.options.handshake_timeout;
        let mut answer = upgrade::ask(request, address, &self.tasks, timeout).await?;
        if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
            let status = answer.status().as_u16();
            self.options.observer.event(Event::UpgradeRefused { status });
        } else if let Some(window) = window {
            let stream = self.streams.fetch_add(1, Ordering::Relaxed) + 1;
            let app = hyper::upgrade::on(&mut answer);
            answer.extensions_mut().insert(Stream(stream));
            self.run(Tunnel { stream, window, app, is_websocket });
        }
        Ok(upgrade::relayed(answer))
    }

    /// Copies in a task of its own until either side ends or the proxy stops.
    fn run(&self, tunnel: Tunnel) {
        let (observer, draining) =
            (Arc::clone(&self.options.observer), self.tasks.draining.clone());
        let stream = tunnel.stream;
        observer.event(Event::Upgraded { stream });
        self.tasks.spawn(async move {
            let copied = draining.run_until_cancelled(tunnel.run(&*observer)).await;
            if let Some(Err(error)) = copied {
                tracing::debug!(%error, stream, "an upgraded connection broke");
            }
            observer.event(Event::UpgradeClosed { stream });
        });
    }
}

/// Whether the answer is for a window itself, and not for a frame or a script in it.
fn is_navigation(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-dest").is_none_or(|dest| dest == "document")
}

/// Sends a browser to another site, which does not learn from where.
fn elsewhere(away: &str) -> Response<Body> {
    let Ok(away) = HeaderValue::from_str(away) else {
        return short(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error\n");
    };
    let mut answer = Response::new(empty());
    *answer.status_mut() = StatusCode::SEE_OTHER;
    answer.headers_mut().extend([
        (LOCATION, away),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (CONNECTION, CLOSE),
    ]);
    answer
}

fn is_html(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    kind.get(..HTML.len()).is_some_and(|start| start.eq_ignore_ascii_case(HTML))
}

/// No page of another origin can show the app in a frame. A policy of the app's own stays, and
/// the browser enforces both (Content Security Policy Level 3, section 8.1).
fn unframed(mut answer: Response<Body>) -> Response<Body> {
    if is_html(answer.headers()) {
        answer.headers_mut().append(CONTENT_SECURITY_POLICY, OWN_FRAMES);
    }
    answer
}

fn short(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut answer = Response::new(full(text));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    answer
}

/// An answer of our own, with the date that RFC 9110 section 6.6.1 asks of it.
fn dated(mut answer: Response<Body>) -> Response<Body> {
    if let Ok(now) = HeaderValue::try_from(httpdate::fmt_http_date(SystemTime::now())) {
        answer.headers_mut().insert(DATE, now);
    }
    answer
}
