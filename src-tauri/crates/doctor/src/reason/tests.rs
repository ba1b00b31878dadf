//! Every cause from what is seen of it, and from nothing else.

use super::*;
use crate::Report;
use crate::seen::*;

const HTML: Kind = Kind::Html;

fn answer(status: u16, kind: Kind, fields: &[(&str, &str)], marks: &[Mark]) -> Answer {
    Answer {
        status,
        version: "HTTP/1.1".to_owned(),
        fields: fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        cookies: Vec::new(),
        body: Body { bytes: 10, whole: true, kind, marks: marks.to_vec() },
    }
}

fn exchange(what: What, outcome: Outcome) -> Exchange {
    Exchange {
        what,
        method: "GET".to_owned(),
        origin: "http://h:1".to_owned(),
        path: "/x".to_owned(),
        sent: Vec::new(),
        at_ms: 1.0,
        times: Times { total: 2.0, ..Times::default() },
        outcome,
    }
}

/// What is seen of an app where everything works.
fn healthy() -> Seen {
    let switched = answer(101, Kind::Empty, &[("sec-websocket-protocol", "streamlit")], &[]);
    let all = [
        (What::Page, answer(200, HTML, &[("content-type", "text/html")], &[Mark::Streamlit])),
        (
            What::Script,
            answer(200, Kind::Text, &[("content-type", "text/javascript; charset=utf-8")], &[]),
        ),
        (What::Style, answer(200, Kind::Text, &[("content-type", "text/css")], &[])),
        (What::Health, answer(200, Kind::Ok, &[("content-type", "text/plain")], &[])),
        (What::HostConfig, answer(200, Kind::Json, &[], &[])),
        (What::Handshake, switched),
    ];
    Seen {
        asked: "http://h:1/".to_owned(),
        address: "http://h:1/".to_owned(),
        terms: Terms { limit: 20.0, ..Terms::default() },
        contact: Contact {
            host: "h".to_owned(),
            connects: vec![Connect { to: "127.0.0.1:1".to_owned(), ms: 1.0, fault: None }],
            ..Contact::default()
        },
        exchanges: all.into_iter().map(|(what, it)| exchange(what, Outcome::Answer(it))).collect(),
        stream: Some(Stream { pong_ms: Some(1.0), ..Stream::default() }),
        ..Seen::default()
    }
}

impl Seen {
    fn put(mut self, what: What, answer: Answer) -> Self {
        self.exchanges.retain(|it| it.what != what);
        self.exchanges.push(exchange(what, Outcome::Answer(answer)));
        self
    }

    fn fail(mut self, what: What, fault: Fault) -> Self {
        self.exchanges.retain(|it| it.what != what);
        self.exchanges.push(exchange(what, Outcome::Failed { fault }));
        self
    }

    /// Another answer to the handshake, and none of what follows.
    fn refused(mut self, answer: Answer) -> Self {
        self.stream = None;
        self.put(What::Handshake, answer)
    }

    /// A handshake with something changed that works.
    fn works(self, what: What) -> Self {
        self.put(what, answer(101, Kind::Empty, &[("sec-websocket-protocol", "streamlit")], &[]))
    }

    fn with_cookies(mut self, bytes: usize) -> Self {
        self.terms.cookie_bytes = bytes;
        for exchange in self.exchanges.iter_mut().filter(|it| it.what == What::Handshake) {
            exchange.sent.push(("cookie".to_owned(), "(hidden)".to_owned()));
        }
        self
    }

    fn only_page(mut self, answer: Answer) -> Self {
        self.exchanges.clear();
        self.stream = None;
        self.put(What::Page, answer)
    }
}

#[track_caller]
fn is(seen: &Seen, stage: u8, cause: Cause) -> Report {
    let report = Report::of(seen);
    let verdict = &report.verdict;
    assert_eq!((verdict.cause, verdict.stage), (Some(cause), Some(stage)), "{}", verdict.sentence);
    for text in [&verdict.sentence, &report.why] {
        assert!(!text.contains(['{', '…']), "a gap is left: {text}");
    }
    assert_eq!(report.exit_code(), stage * 10);
    assert!(!report.evidence.is_empty(), "nothing was shown");
    report
}

#[track_caller]
fn is_one_of(seen: &Seen, stage: u8, possible: &[Cause]) {
    let verdict = Report::of(seen).verdict;
    assert_eq!(verdict.cause, None, "{}", verdict.sentence);
    assert_eq!((verdict.stage, verdict.possible.as_slice()), (Some(stage), possible));
}

#[test]
fn whole() {
    let report = Report::of(&healthy());
    assert!(report.verdict.whole && report.exit_code() == 0, "{}", report.verdict.sentence);
    assert!(report.stages.iter().all(|stage| stage.state == crate::State::Passed));
    assert_eq!(report.forward, "");
    // An unknown health route is no fault where the one above is that of the app.
    let mut page = healthy().put(What::Health, answer(404, HTML, &[], &[]));
    page = page.put(What::HealthAbove, answer(200, Kind::Ok, &[], &[]));
    assert!(Report::of(&page).verdict.whole);
}

#[test]
fn first_contact() {
    let mut seen = Seen { terms: healthy().terms, ..Seen::default() };
    seen.contact.host = "h".to_owned();
    seen.contact.name_error = Some("no address".to_owned());
    is(&seen, 1, Cause::NoName);
    seen.contact.name_error = None;
    let connect = |fault| Connect { to: "127.0.0.1:1".to_owned(), ms: 1.0, fault: Some(fault) };
    seen.contact.connects = vec![connect(Fault::Refused), connect(Fault::Silent)];
    is(&seen, 1, Cause::Refused);
    seen.contact.connects = vec![connect(Fault::Silent)];
    is(&seen, 1, Cause::Unreachable);

    let whole = || Seen { exchanges: Vec::new(), stream: None, ..healthy() };
    for (fault, cause) in [
        (Fault::Silent, Cause::NoAnswer),
        (Fault::NotHttp { says: "SSH-2.0".to_owned() }, Cause::OtherProtocol),
        (Fault::NotHttp { says: String::new() }, Cause::OtherProtocol),
        (Fault::OnlyHttp2, Cause::Http2Only),
    ] {
        is(&whole().fail(What::Page, fault), 1, cause);
    }
    is_one_of(
        &whole().fail(What::Page, Fault::Closed),
        1,
        &[Cause::OtherProtocol, Cause::Firewall],
    );

    let redirected = Fault::Tls { fault: TlsFault::UnknownIssuer };
    is(&whole().fail(What::Page, redirected), 1, Cause::TlsPrivateAuthority);
    for (fault, cause) in [
        (TlsFault::UnknownIssuer, Cause::TlsPrivateAuthority),
        (TlsFault::Certificate { says: "expired".to_owned() }, Cause::TlsFailed),
        (TlsFault::Closed, Cause::TlsFailed),
        (TlsFault::NotTls, Cause::OtherProtocol),
        (TlsFault::Silent, Cause::NoAnswer),
    ] {
        let mut seen = whole();
        seen.contact.tls = Some(Tls { fault: Some(fault), ..Tls::default() });
        is(&seen, 1, cause);
    }
    let mut inspected = whole();
    let issuer = Some("CN=Zscaler Intermediate,O=Zscaler Inc.".to_owned());
    inspected.contact.tls =
        Some(Tls { fault: Some(TlsFault::UnknownIssuer), issuer, ..Tls::default() });
    let report = is(&inspected, 1, Cause::TlsPrivateAuthority);
    assert_eq!(report.verdict.whose, Some(Whose::Network));
    let plain = answer(400, HTML, &[], &[Mark::PlainToTls, Mark::Nginx]);
    is(&healthy().only_page(plain), 1, Cause::OtherProtocol);
}

#[test]
fn the_page() {
    let page = |answer: Answer| healthy().only_page(answer);
    is(&page(answer(502, HTML, &[], &[Mark::Nginx])), 2, Cause::UpstreamDown);
    is(&page(answer(200, HTML, &[], &[])), 2, Cause::NotStreamlit);
    is(&page(answer(200, HTML, &[], &[Mark::Login])), 2, Cause::LoginInFront);
    is(
        &page(answer(401, Kind::Empty, &[("www-authenticate", "Basic")], &[])),
        2,
        Cause::LoginInFront,
    );
    is(
        &page(answer(
            302,
            Kind::Empty,
            &[("location", "https://id.example/oauth2/authorize")],
            &[],
        )),
        2,
        Cause::LoginInFront,
    );
    is(&page(answer(403, HTML, &[("cf-ray", "1")], &[])), 2, Cause::Cloudflare);
    is_one_of(&page(answer(503, HTML, &[], &[])), 2, &[Cause::UpstreamDown, Cause::Starting]);
    let mut endless = answer(200, HTML, &[], &[]);
    endless.body.whole = false;
    is(&page(endless), 2, Cause::Endless);
    is(&healthy().fail(What::Page, Fault::EndlessHead), 2, Cause::Endless);

    let mut circle = healthy().only_page(answer(302, Kind::Empty, &[("location", "/a")], &[]));
    circle.exchanges = vec![circle.exchanges[0].clone(); 21];
    is(&circle, 2, Cause::RedirectLoop);
    // Streamlit takes the slash away that the proxy adds.
    let file = answer(200, HTML, &[], &[Mark::Streamlit]);
    is(&circle.put(What::PageFile, file), 2, Cause::BasePath);
    let long = answer(400, HTML, &[], &[Mark::Nginx, Mark::LongHeader]);
    is(&healthy().only_page(long), 2, Cause::HeaderTooLong);

    let elsewhere = page(answer(404, Kind::Text, &[], &[]))
        .put(What::HealthRoot, answer(200, Kind::Ok, &[], &[]));
    is(&elsewhere, 2, Cause::BasePath);
    let twice = healthy().only_page(answer(404, Kind::Text, &[], &[]));
    is(&twice.put(What::HealthTwice, answer(200, Kind::Ok, &[], &[])), 2, Cause::BasePath);
}

#[test]
fn scripts_and_styles() {
    let wrong = |kind: &str| answer(200, Kind::Text, &[("content-type", kind)], &[]);
    is(&healthy().put(What::Script, wrong("text/plain")), 2, Cause::ScriptType);
    is(&healthy().put(What::Style, wrong("text/plain")), 2, Cause::ScriptType);
    let page = answer(200, HTML, &[("content-type", "text/html")], &[Mark::Streamlit]);
    is(&healthy().put(What::Script, page.clone()), 2, Cause::ScriptMissing);
    let login = answer(200, HTML, &[("content-type", "text/html")], &[Mark::Login]);
    is(&healthy().put(What::Script, login), 2, Cause::LoginInFront);
    let report =
        is(&healthy().put(What::Script, answer(404, HTML, &[], &[])), 2, Cause::ScriptMissing);
    assert!(report.verdict.sentence.contains("1 of its 2"), "{}", report.verdict.sentence);
    let late = healthy().fail(What::Script, Fault::Silent);
    is_one_of(&late, 2, &[Cause::SlowLine, Cause::ScriptMissing]);
    is(&late.put(What::Style, answer(404, HTML, &[], &[])), 2, Cause::ScriptMissing);
    is(&healthy().fail(What::Script, Fault::Closed), 2, Cause::ScriptMissing);
    // Every one of them, and the health route: another path.
    let lost = healthy().put(What::Script, page.clone()).put(What::Style, page.clone());
    is(&lost.put(What::Health, page), 2, Cause::BasePath);
}

#[test]
fn health() {
    let health = |answer: Answer| healthy().put(What::Health, answer);
    is(&health(answer(503, Kind::Text, &[], &[])), 3, Cause::Starting);
    is(&health(answer(404, HTML, &[], &[])), 3, Cause::BasePath);
    is(&health(answer(200, HTML, &[], &[Mark::Streamlit])), 3, Cause::BasePath);
    is(&health(answer(200, HTML, &[], &[Mark::Login])), 3, Cause::LoginInFront);
    is(&health(answer(502, HTML, &[], &[])), 3, Cause::UpstreamDown);
    is(&health(answer(302, Kind::Empty, &[("location", "/login")], &[])), 3, Cause::LoginInFront);
}

#[test]
fn the_upgrade_is_dropped() {
    let page = |server: &str| answer(200, HTML, &[("server", server)], &[Mark::Streamlit]);
    let report = is(&healthy().refused(page("nginx/1.22.1")), 3, Cause::UpgradeDropped);
    assert!(report.verdict.sentence.contains("nginx"), "{}", report.verdict.sentence);
    let change = report.change.unwrap();
    assert!(change.snippet.unwrap().contains("proxy_set_header Upgrade"));
    let tornado = answer(400, Kind::Text, &[("server", "nginx")], &[Mark::PlainGet]);
    is(&healthy().refused(tornado), 3, Cause::UpgradeDropped);
    // Nothing tells which of the two took it out.
    let unknown = healthy().refused(page("uvicorn"));
    is_one_of(&unknown, 3, &[Cause::UpgradeDropped, Cause::HttpOnlyHost]);
    let gateway = answer(200, HTML, &[("apigw-requestid", "x")], &[Mark::Streamlit]);
    is(&healthy().refused(gateway), 3, Cause::HttpOnlyHost);
    let function = answer(200, HTML, &[("x-amzn-requestid", "x")], &[Mark::Streamlit]);
    is(&healthy().refused(function), 3, Cause::HttpOnlyHost);
    let mut old = page("nginx");
    old.version = "HTTP/1.0".to_owned();
    is(&healthy().refused(old), 3, Cause::Http10);
    is(&healthy().refused(answer(400, Kind::Text, &[], &[Mark::OldHttp])), 3, Cause::Http10);
}

#[test]
fn the_handshake_is_refused() {
    let refused = |fields: &[(&str, &str)]| {
        let seen = healthy().refused(answer(403, Kind::Empty, fields, &[]));
        seen.put(What::HandshakeNoOrigin, answer(403, Kind::Empty, fields, &[]))
    };
    let origin = refused(&[("server", "nginx")]).works(What::HandshakeNoOrigin);
    let report = is(&origin, 3, Cause::OriginRefused);
    assert_eq!(report.change.unwrap().snippet.unwrap(), "proxy_set_header Host $http_host;");
    is(&refused(&[("server", "envoy")]), 3, Cause::PlatformWithoutWebsocket);
    is(&refused(&[("cf-ray", "x")]), 3, Cause::Cloudflare);
    is(&refused(&[]), 3, Cause::Firewall);
    let off = answer(503, HTML, &[("server", "Microsoft-IIS/10.0")], &[]);
    is(&healthy().refused(off), 3, Cause::WebsocketsOff);
    let mut runner = refused(&[("server", "envoy")]);
    runner.contact.host = "x.eu-west-1.awsapprunner.com".to_owned();
    let report = is(&runner, 3, Cause::PlatformWithoutWebsocket);
    assert_eq!(report.product, Some(Product::AppRunner));
    is(
        &healthy().refused(answer(302, Kind::Empty, &[("location", "/oauth2/sign_in")], &[])),
        3,
        Cause::LoginInFront,
    );
}

#[test]
fn cookies_are_refused() {
    let silent = healthy().fail(What::Handshake, Fault::Silent).works(What::HandshakeNoCookie);
    is(&silent.with_cookies(9000), 3, Cause::HeaderTooLong);
    let told = healthy().refused(answer(431, Kind::Empty, &[], &[])).works(What::HandshakeNoCookie);
    is(&told.with_cookies(9000), 3, Cause::HeaderTooLong);
    let old = healthy().refused(answer(403, Kind::Empty, &[], &[])).works(What::HandshakeNoCookie);
    is(&old.with_cookies(100), 3, Cause::OldLoginCookie);
    let possible = [Cause::UpgradeDropped, Cause::Firewall, Cause::SlowLine];
    is_one_of(&healthy().fail(What::Handshake, Fault::Silent), 3, &possible);
}

#[test]
fn a_switch_that_no_browser_takes() {
    let switched = |fields: &[(&str, &str)], marks: &[Mark]| {
        healthy().refused(answer(101, Kind::Empty, fields, marks))
    };
    is(&switched(&[], &[]), 3, Cause::SubprotocolLost);
    is(&switched(&[("sec-websocket-protocol", "(hidden)")], &[]), 3, Cause::SubprotocolLost);
    is(
        &switched(&[("sec-websocket-protocol", "streamlit, (hidden)")], &[]),
        3,
        Cause::SubprotocolWhole,
    );
    is(
        &switched(&[("sec-websocket-protocol", "streamlit")], &[Mark::WrongAccept]),
        3,
        Cause::HandshakeGarbled,
    );
    let mut slow = healthy();
    slow.exchanges.last_mut().unwrap().times.total = 17_000.0;
    is(&slow, 3, Cause::SlowLine);
    let http2 = healthy().put(What::HandshakeHttp2, answer(502, Kind::Empty, &[], &[]));
    is(&http2, 3, Cause::Http2Connect);
    let fine = healthy().put(What::HandshakeHttp2, answer(200, Kind::Empty, &[], &[]));
    assert!(Report::of(&fine).verdict.whole);
    let mut only = healthy();
    only.exchanges.retain(|it| it.what != What::Handshake);
    only.stream = None;
    only.contact.tls = Some(Tls { alpn: Some("h2".to_owned()), ..Tls::default() });
    is(&only, 3, Cause::Http2Only);
}

#[test]
fn messages() {
    let with = |stream: Stream| Seen { stream: Some(stream), ..healthy() };
    is(&with(Stream::default()), 4, Cause::Silent);
    let closed = |code| Some(Closed { after_ms: 20.0, silent_ms: 20.0, code });
    is(&with(Stream { closed: closed(Some(1012)), ..Stream::default() }), 4, Cause::ClosedByApp);
    let at_once = with(Stream { closed: closed(None), ..Stream::default() });
    is_one_of(&at_once, 4, &[Cause::Http10, Cause::ClosedByApp]);
    let later = Some(Closed { after_ms: 9_000.0, silent_ms: 9_000.0, code: None });
    let later = with(Stream { closed: later, ..Stream::default() });
    is_one_of(&later, 4, &[Cause::Silent, Cause::ClosedByApp]);
    let not_compiled = Stream { pong_ms: Some(1.0), not_compiled: true, ..Stream::default() };
    is(&with(not_compiled), 4, Cause::NotCompiled);

    let mut replicas = healthy();
    replicas.replicas = Some(Replicas { asked: 8, elsewhere: 0, by: "metrics".to_owned() });
    assert!(Report::of(&replicas).verdict.whole);
    replicas.replicas = Some(Replicas { asked: 8, elsewhere: 4, by: "metrics".to_owned() });
    is(&replicas, 4, Cause::NoStickiness);
}

#[test]
fn connections_that_are_held() {
    let closed = |after_ms| Some(Closed { after_ms, silent_ms: after_ms, code: None });
    let held = |quiet, busy| {
        let hold = |busy, closed| Hold { busy, held_ms: 20_000.0, closed, ..Hold::default() };
        Seen { holds: vec![hold(false, quiet), hold(true, busy)], ..healthy() }
    };
    assert!(Report::of(&held(None, None)).verdict.whole);
    let report = is(&held(closed(5_000.0), None), 4, Cause::IdleLimit);
    assert!(report.verdict.sentence.contains("5.0 s"), "{}", report.verdict.sentence);
    is(&held(closed(5_000.0), closed(5_100.0)), 4, Cause::AgeLimit);
    is(&held(None, closed(5_000.0)), 4, Cause::AgeLimit);
    is_one_of(&held(closed(5_000.0), closed(8_000.0)), 4, &[Cause::IdleLimit, Cause::AgeLimit]);
    let own = Some(Closed { after_ms: 5_000.0, silent_ms: 1.0, code: Some(1012) });
    is(&held(own, own), 4, Cause::ClosedByApp);
}

#[test]
fn where_an_address_leads_is_shown() {
    let mut seen = healthy().put(What::Health, answer(503, Kind::Text, &[], &[]));
    seen.address = "http://h:2/app".to_owned();
    let evidence = Report::of(&seen).evidence;
    assert_eq!(
        (evidence[0].answer.as_str(), evidence[0].request.as_ref()),
        ("http://h:2/app", None)
    );
}

#[test]
fn what_was_seen_can_be_kept() {
    let seen = healthy();
    let text = serde_json::to_string(&seen).unwrap();
    assert_eq!(serde_json::from_str::<Seen>(&text).unwrap(), seen);
}
