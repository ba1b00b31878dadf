use super::page::{is_cloudflare, is_ok, names_login};
use super::{Cause, Finding, Product};
use crate::seen::{Answer, Exchange, Fault, Kind, Mark, Outcome, Seen, What};

/// How long the page waits for the handshake, in milliseconds (1.40 to 1.67, `constants.ts`).
const PATIENCE: f64 = 15_000.0;

/// A line longer than this is not read by Python's WebSocket library (websockets 17.4, `MAX_LINE_LENGTH`),
/// and by many others.
const LONG_LINE: usize = 8000;

/// What is wrong with the switch to a WebSocket.
pub fn find(seen: &Seen) -> Option<Finding> {
    if let Some(finding) = health(seen) {
        return Some(finding);
    }
    let Some(handshake) = seen.exchange(What::Handshake) else {
        // A host that has only HTTP/2 was asked in that alone.
        let only = seen.contact.tls.as_ref().is_some_and(|tls| tls.alpn.as_deref() == Some("h2"));
        let fails = only && !seen.switched(What::HandshakeHttp2);
        return fails.then(|| Finding::named(3, Cause::Http2Only));
    };
    match &handshake.outcome {
        Outcome::Answer(answer) if answer.status == 101 => switched(seen, handshake, answer),
        Outcome::Answer(answer) => Some(answered(seen, answer)),
        Outcome::Failed { fault } => Some(failed(seen, fault)),
    }
}

/// What the health route says, where it does not say `ok`.
fn health(seen: &Seen) -> Option<Finding> {
    if is_ok(seen, What::Health) || is_ok(seen, What::HealthAbove) {
        return None;
    }
    let health = seen.exchange(What::Health)?;
    let Some(answer) = health.answer() else {
        return Some(Finding::one_of(3, &[Cause::Starting, Cause::Firewall]));
    };
    let status = answer.status.to_string();
    if answer.has(Mark::Login) || answer.status == 401 || leads_to_login(answer) {
        return Some(Finding::named(3, Cause::LoginInFront).with("status", status));
    }
    Some(
        match answer.status {
            503 if is_proxys(answer) => Finding::one_of(3, &[Cause::UpstreamDown, Cause::Starting]),
            503 => Finding::named(3, Cause::Starting),
            502 | 504 => Finding::named(3, Cause::UpstreamDown),
            403 if is_cloudflare(answer) => Finding::named(3, Cause::Cloudflare),
            403 => Finding::one_of(3, &[Cause::Firewall, Cause::LoginInFront]),
            404 | 200 => Finding::named(3, Cause::BasePath),
            _ => Finding::one_of(3, &[Cause::BasePath, Cause::Starting]),
        }
        .with("status", status),
    )
}

/// Whether an error is a proxy's own.
fn is_proxys(answer: &Answer) -> bool {
    [Mark::Nginx, Mark::Apache, Mark::Haproxy, Mark::Envoy, Mark::Cloudflare, Mark::Iis]
        .iter()
        .any(|mark| answer.has(*mark))
}

fn leads_to_login(answer: &Answer) -> bool {
    (300..400).contains(&answer.status) && answer.field("location").is_some_and(names_login)
}

/// The server switched: whether a browser takes that.
fn switched(seen: &Seen, handshake: &Exchange, answer: &Answer) -> Option<Finding> {
    match answer.field("sec-websocket-protocol") {
        None => return Some(Finding::named(3, Cause::SubprotocolLost)),
        Some("streamlit") => {}
        Some(list) if list.contains(',') => {
            return Some(Finding::named(3, Cause::SubprotocolWhole));
        }
        Some(_) => return Some(Finding::named(3, Cause::SubprotocolLost)),
    }
    if answer.has(Mark::WrongAccept) {
        return Some(Finding::named(3, Cause::HandshakeGarbled));
    }
    if handshake.times.total > PATIENCE {
        let seconds = format!("{:.0}", handshake.times.total / 1e3);
        return Some(Finding::named(3, Cause::SlowLine).with("seconds", seconds));
    }
    // Offered, tried and refused: browsers that have the page over HTTP/2 take this way first.
    let over_http2 = seen.exchange(What::HandshakeHttp2)?;
    (!seen.switched(What::HandshakeHttp2)).then(|| {
        let came =
            over_http2.answer().map_or("a reset stream".to_owned(), |it| it.status.to_string());
        Finding::named(3, Cause::Http2Connect).with("came", came)
    })
}

/// Another answer than 101.
fn answered(seen: &Seen, answer: &Answer) -> Finding {
    let status = answer.status;
    differential(seen, status)
        .or_else(|| by_answer(seen, answer))
        .unwrap_or_else(|| Finding::one_of(3, &[Cause::UpgradeDropped, Cause::Firewall]))
        .with("status", status.to_string())
        .with("kind", if answer.body.kind == Kind::Html { "a page" } else { "an answer" })
}

/// What the handshakes tell in which one thing was changed.
fn differential(seen: &Seen, status: u16) -> Option<Finding> {
    if seen.switched(What::HandshakeNoCookie) {
        let sent = seen.exchange(What::Handshake).map(|it| it.sent.as_slice()).unwrap_or_default();
        // No answer at all has no status.
        let long =
            seen.terms.cookie_bytes > LONG_LINE || matches!(status, 0 | 400 | 413 | 431 | 494);
        let cookie = sent.iter().any(|(name, _)| name == "cookie");
        return cookie.then(|| match long {
            true => Finding::named(3, Cause::HeaderTooLong),
            false => Finding::named(3, Cause::OldLoginCookie),
        });
    }
    if seen.switched(What::HandshakeNoOrigin) {
        return Some(Finding::named(3, Cause::OriginRefused));
    }
    if seen.switched(What::HandshakeOneProtocol) {
        return Some(Finding::named(3, Cause::SubprotocolLost));
    }
    None
}

/// What the answer itself tells.
fn by_answer(seen: &Seen, answer: &Answer) -> Option<Finding> {
    let product = Product::of(seen);
    let named = |cause: Cause| Some(Finding::named(3, cause));
    if answer.has(Mark::Origin) {
        return named(Cause::OriginRefused);
    }
    if answer.status == 401 || answer.has(Mark::Login) || leads_to_login(answer) {
        return named(Cause::LoginInFront);
    }
    if answer.has(Mark::WebSocketsOff) {
        return named(Cause::WebsocketsOff);
    }
    if product.is_some_and(Product::is_http_only) {
        return named(Cause::HttpOnlyHost);
    }
    if product == Some(Product::AppRunner) {
        return named(Cause::PlatformWithoutWebsocket);
    }
    if answer.has(Mark::OldHttp) || answer.version == "HTTP/1.0" || answer.status == 505 {
        return named(Cause::Http10);
    }
    match answer.status {
        403 | 429 if is_cloudflare(answer) => named(Cause::Cloudflare),
        403 if product == Some(Product::Envoy) => named(Cause::PlatformWithoutWebsocket),
        403 if matches!(product, Some(Product::Azure | Product::Iis)) => {
            named(Cause::WebsocketsOff)
        }
        403 => named(Cause::Firewall),
        503 if matches!(product, Some(Product::Azure | Product::Iis)) => {
            named(Cause::WebsocketsOff)
        }
        502..=504 => Some(Finding::one_of(3, &[Cause::UpgradeDropped, Cause::UpstreamDown])),
        // The app itself answered, and to a plain request: something took the switch out.
        200 if answer.has(Mark::Streamlit) => Some(dropped(product)),
        400 | 426 if answer.has(Mark::PlainGet) => Some(dropped(product)),
        200 if matches!(product, Some(Product::Azure | Product::Iis)) => {
            named(Cause::WebsocketsOff)
        }
        404 => Some(Finding::one_of(3, &[Cause::BasePath, Cause::UpgradeDropped])),
        400 | 426 => Some(Finding::one_of(3, &[Cause::UpgradeDropped, Cause::Http10])),
        _ => None,
    }
}

/// The switch was taken out of the request: by a product that can pass it on, or by one that is not known.
fn dropped(product: Option<Product>) -> Finding {
    match product.filter(|product| !product.is_app()) {
        Some(Product::Azure | Product::Iis) => Finding::named(3, Cause::WebsocketsOff),
        Some(_) => Finding::named(3, Cause::UpgradeDropped),
        None => Finding::one_of(3, &[Cause::UpgradeDropped, Cause::HttpOnlyHost]),
    }
}

/// No answer.
fn failed(seen: &Seen, fault: &Fault) -> Finding {
    if let Some(finding) = differential(seen, 0) {
        return finding.with("status", "no answer");
    }
    if seen.switched(What::HandshakeUpstream) {
        return Finding::named(3, Cause::UpgradeDropped).with("status", "no answer");
    }
    let possible: &[Cause] = match fault {
        Fault::Silent => &[Cause::UpgradeDropped, Cause::Firewall, Cause::SlowLine],
        _ => &[Cause::UpgradeDropped, Cause::Firewall],
    };
    Finding::one_of(3, possible).with("status", "no answer")
}
