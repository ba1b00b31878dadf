use serde::Serialize;

use crate::reason::{Cause, Finding};
use crate::seen::{Answer, Closed, Exchange, Fault, Field, Kind, Outcome, Seen, What};

/// One thing that a verdict stands on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evidence {
    /// What was asked.
    pub what: String,
    /// The request, where it was one.
    pub request: Option<String>,
    /// What came, in a few words.
    pub answer: String,
    /// How long it took, in milliseconds.
    pub ms: f64,
    /// The headers of the answer that tell most.
    pub fields: Vec<Field>,
}

/// How many headers are shown of each.
const FIELDS: usize = 3;

/// The headers that tell most, the first before the others.
const TELLING: &[&str] = &[
    "sec-websocket-protocol",
    "location",
    "content-type",
    "server",
    "via",
    "cf-ray",
    "apigw-requestid",
    "x-amzn-requestid",
    "x-azure-ref",
    "www-authenticate",
    "x-powered-by",
    "cache-control",
    "retry-after",
];

/// What a verdict stands on, or what shows that everything works.
pub fn of(seen: &Seen, finding: Option<&Finding>) -> Vec<Evidence> {
    let stage = finding.map_or(4, |finding| finding.stage);
    let cause = finding.and_then(|finding| finding.cause);
    let mut evidence = Vec::new();
    if stage == 1 {
        contact(seen, &mut evidence);
    }
    if seen.address != seen.asked {
        evidence.push(plain("the address leads to", seen.address.clone(), 0.0));
    }
    let wanted: &[What] = match stage {
        1 => &[What::Page],
        2 if cause == Some(Cause::BasePath) => &[
            What::Page,
            What::PageFile,
            What::Health,
            What::HealthAbove,
            What::HealthRoot,
            What::HealthTwice,
        ],
        2 => &[What::Page],
        3 => &[
            What::Health,
            What::HealthAbove,
            What::HealthRoot,
            What::Handshake,
            What::HandshakeNoOrigin,
            What::HandshakeNoCookie,
            What::HandshakeOneProtocol,
            What::HandshakeHttp2,
            What::HandshakeUpstream,
        ],
        _ => &[What::Handshake],
    };
    evidence.extend(wanted.iter().filter_map(|what| seen.exchange(*what)).map(of_exchange));
    if stage == 2 {
        let wrong = seen.exchanges.iter().find(|it| crate::reason::is_wrong_asset(it));
        evidence.extend(wrong.map(of_exchange));
    }
    if stage == 4 {
        messages(seen, &mut evidence);
    }
    evidence
}

fn plain(what: &str, answer: String, ms: f64) -> Evidence {
    Evidence { what: what.to_owned(), request: None, answer, ms, fields: Vec::new() }
}

fn contact(seen: &Seen, evidence: &mut Vec<Evidence>) {
    let contact = &seen.contact;
    if let Some(error) = &contact.name_error {
        evidence.push(plain(
            &format!("the name `{}`", contact.host),
            error.clone(),
            contact.name_ms,
        ));
    }
    for connect in &contact.connects {
        let came = connect.fault.as_ref().map_or("connected".to_owned(), fault);
        evidence.push(plain(&format!("connect to {}", connect.to), came, connect.ms));
    }
    if let Some(tls) = &contact.tls {
        let came = match (&tls.fault, &tls.version) {
            (Some(fault), _) => tls_fault(fault),
            (None, Some(version)) => version.clone(),
            (None, None) => "agreed".to_owned(),
        };
        let mut of_tls = plain("TLS", came, tls.ms);
        let fields = [("subject", &tls.subject), ("issuer", &tls.issuer), ("alpn", &tls.alpn)];
        of_tls.fields = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)))
            .collect();
        evidence.push(of_tls);
    }
}

fn of_exchange(exchange: &Exchange) -> Evidence {
    let (answer, fields) = match &exchange.outcome {
        Outcome::Answer(answer) => (answered(exchange, answer), telling(answer)),
        Outcome::Failed { fault: came } => (fault(came), Vec::new()),
    };
    Evidence {
        what: name(exchange.what).to_owned(),
        request: Some(format!("{} {}", exchange.method, exchange.path)),
        answer,
        ms: exchange.times.total,
        fields,
    }
}

fn answered(exchange: &Exchange, answer: &Answer) -> String {
    let body = match (answer.status, answer.body.kind) {
        (101, _) => "Switching Protocols".to_owned(),
        (_, Kind::Ok) => "`ok`".to_owned(),
        (_, Kind::Html) if answer.has(crate::seen::Mark::Streamlit) => {
            "Streamlit's page".to_owned()
        }
        (_, Kind::Html) => "a page".to_owned(),
        (_, Kind::Empty) if exchange.what == What::HandshakeHttp2 => String::new(),
        (_, Kind::Empty) => "empty".to_owned(),
        (_, Kind::Json) => "JSON".to_owned(),
        (_, Kind::Text) => "text".to_owned(),
        (_, Kind::Binary) => "data".to_owned(),
    };
    let old = if answer.version == "HTTP/1.0" { " in HTTP/1.0" } else { "" };
    format!("{}{old} {body}", answer.status).trim_end().to_owned()
}

fn telling(answer: &Answer) -> Vec<Field> {
    let known = TELLING
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), answer.field(name)?.to_owned())));
    known.take(FIELDS).collect()
}

fn name(what: What) -> &'static str {
    match what {
        What::Page => "the page",
        What::Script => "a script",
        What::Style => "a style",
        What::Health => "the health route",
        What::HostConfig => "the host's settings",
        What::HealthAbove => "the health route one step above",
        What::HealthRoot => "the health route of the root",
        What::HealthTwice => "the health route below the path twice",
        What::PageFile => "the page by its file's name",
        What::Handshake => "the handshake as Chromium sends it",
        What::HandshakeNoOrigin => "the handshake without `Origin`",
        What::HandshakeNoCookie => "the handshake without cookies",
        What::HandshakeOneProtocol => "the handshake with `streamlit` alone",
        What::HandshakePlain => "the handshake without compression",
        What::HandshakeHttp2 => "the handshake over HTTP/2",
        What::HandshakeUpstream => "the handshake straight to the app",
        What::Front => "a malformed request",
        What::HealthHttp2 => "the health route over HTTP/2",
        What::Metrics => "the metrics",
        What::Upload => "an upload of nothing",
    }
}

fn fault(fault: &Fault) -> String {
    match fault {
        Fault::Refused => "refused".to_owned(),
        Fault::Unreachable { says } => format!("no way there: {says}"),
        Fault::Silent => "no answer".to_owned(),
        Fault::Closed => "closed before an answer".to_owned(),
        Fault::NotHttp { says } if says.is_empty() => "no HTTP".to_owned(),
        Fault::NotHttp { says } => format!("no HTTP: `{says}`"),
        Fault::OnlyHttp2 => "HTTP/2 alone".to_owned(),
        Fault::EndlessHead => "a head without an end".to_owned(),
        Fault::Tls { fault } => tls_fault(fault),
        Fault::Other { says } => says.clone(),
    }
}

fn tls_fault(fault: &crate::seen::TlsFault) -> String {
    use crate::seen::TlsFault;
    match fault {
        TlsFault::UnknownIssuer => "signed by nobody whom this machine trusts".to_owned(),
        TlsFault::Certificate { says } | TlsFault::Handshake { says } => says.clone(),
        TlsFault::NotTls => "no TLS".to_owned(),
        TlsFault::Silent => "no answer".to_owned(),
        TlsFault::Closed => "closed".to_owned(),
    }
}

fn messages(seen: &Seen, evidence: &mut Vec<Evidence>) {
    if let Some(stream) = &seen.stream {
        let (came, took) = match (stream.pong_ms, stream.closed) {
            (Some(took), _) => ("came back".to_owned(), took),
            (None, Some(closed)) => (ended(closed), closed.after_ms),
            (None, None) => ("did not come back".to_owned(), seen.terms.limit * 1e3),
        };
        evidence.push(plain("a ping", came, took));
        if seen.terms.run {
            let kinds: Vec<String> =
                stream.messages.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
            let came = if kinds.is_empty() { "no message".to_owned() } else { kinds.join(", ") };
            let took = stream.finished_ms.unwrap_or(seen.terms.limit * 1e3);
            evidence.push(plain("a run of the script", came, took));
        }
    }
    if let Some(replicas) = &seen.replicas {
        let here = replicas.asked - replicas.elsewhere.min(replicas.asked);
        let came = format!("{here} of {} reached the same process", replicas.asked);
        evidence.push(plain("new connections", came, 0.0));
    }
    for hold in &seen.holds {
        let what = if hold.busy { "a busy connection" } else { "a quiet connection" };
        let came = match hold.closed {
            _ if hold.not_opened => "did not open".to_owned(),
            None => match hold.pings.len() {
                0 => format!("stayed for {:.0} s", hold.held_ms / 1e3),
                pings => format!("stayed for {:.0} s, {pings} pings came", hold.held_ms / 1e3),
            },
            Some(closed) => ended(closed),
        };
        evidence.push(plain(what, came, hold.held_ms));
    }
}

fn ended(closed: Closed) -> String {
    let code = match closed.code {
        Some(code) => format!("with code {code}"),
        None => "without a close frame".to_owned(),
    };
    format!("closed after {:.1} s, {code}", closed.after_ms / 1e3)
}
