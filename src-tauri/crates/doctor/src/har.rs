use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::seen::{Exchange, Field, Outcome, Seen, What};

/// The exchanges of an examination as an HTTP archive (HAR 1.2), for tools that draw one. It has no bodies
/// and no values of cookies; what is secret in a header is `(hidden)`.
pub fn har(seen: &Seen) -> Value {
    let entries: Vec<Value> = seen.exchanges.iter().map(|exchange| entry(seen, exchange)).collect();
    json!({
        "log": {
            "version": "1.2",
            "creator": { "name": "waterskin doctor", "version": env!("CARGO_PKG_VERSION") },
            "pages": [{
                "startedDateTime": moment(seen.began, 0.0),
                "id": "page",
                "title": seen.address,
                "pageTimings": {},
            }],
            "entries": entries,
        }
    })
}

fn entry(seen: &Seen, exchange: &Exchange) -> Value {
    let times = &exchange.times;
    // HAR has -1 for what did not take place (1.2, `timings`).
    let or_none = |time: Option<f64>| time.unwrap_or(-1.0);
    let response = match &exchange.outcome {
        Outcome::Answer(answer) => json!({
            "status": answer.status,
            "statusText": "",
            "httpVersion": answer.version,
            "cookies": [],
            "headers": headers(&answer.fields),
            "content": {
                "size": answer.body.bytes,
                "mimeType": answer.field("content-type").unwrap_or_default(),
            },
            "redirectURL": answer.field("location").unwrap_or_default(),
            "headersSize": -1,
            "bodySize": answer.body.bytes,
        }),
        Outcome::Failed { fault } => json!({
            "status": 0,
            "statusText": "",
            "httpVersion": "",
            "cookies": [],
            "headers": [],
            "content": { "size": 0, "mimeType": "" },
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
            "_error": serde_json::to_value(fault).unwrap_or_default(),
        }),
    };
    let http2 = matches!(exchange.what, What::HandshakeHttp2 | What::HealthHttp2);
    json!({
        "pageref": "page",
        "startedDateTime": moment(seen.began, exchange.at_ms),
        "time": times.total,
        "comment": serde_json::to_value(exchange.what).unwrap_or_default(),
        "request": {
            "method": exchange.method,
            "url": format!("{}{}", exchange.origin, exchange.path),
            "httpVersion": if http2 { "HTTP/2.0" } else { "HTTP/1.1" },
            "cookies": [],
            "headers": headers(&exchange.sent),
            "queryString": [],
            "headersSize": -1,
            "bodySize": -1,
        },
        "response": response,
        "cache": {},
        "timings": {
            "blocked": -1,
            "dns": -1,
            // `connect` has TLS in it (1.2, `timings`).
            "connect": or_none(times.connect.map(|it| it + times.tls.unwrap_or_default())),
            "ssl": or_none(times.tls),
            "send": 0,
            "wait": times.wait.unwrap_or_default(),
            "receive": times.receive.unwrap_or_default(),
        },
    })
}

fn headers(fields: &[Field]) -> Vec<Value> {
    fields.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

/// A moment in the form of RFC 3339.
fn moment(began: f64, at_ms: f64) -> String {
    let moment = OffsetDateTime::UNIX_EPOCH + Duration::seconds_f64(began + at_ms / 1e3);
    moment.format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seen::{Answer, Times};

    #[test]
    fn an_archive() {
        let exchange = Exchange {
            what: What::Page,
            method: "GET".to_owned(),
            origin: "http://h".to_owned(),
            path: "/x".to_owned(),
            sent: vec![("cookie".to_owned(), "(hidden)".to_owned())],
            at_ms: 500.0,
            times: Times { connect: Some(1.0), wait: Some(2.0), total: 4.0, ..Times::default() },
            outcome: Outcome::Answer(Answer { status: 200, ..Answer::default() }),
        };
        let seen = Seen { began: 86_400.0, exchanges: vec![exchange], ..Seen::default() };
        let entry = &har(&seen)["log"]["entries"][0];
        assert_eq!(entry["startedDateTime"], "1970-01-02T00:00:00.5Z");
        assert_eq!(entry["request"]["url"], "http://h/x");
        assert_eq!(
            (entry["timings"]["connect"].as_f64(), entry["timings"]["ssl"].as_f64()),
            (Some(1.0), Some(-1.0))
        );
        assert_eq!(entry["response"]["status"], 200);
    }
}
