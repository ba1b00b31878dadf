use memchr::memmem;

use crate::seen::{Kind, Mark};

/// What is looked for in bodies, in small letters, and what it tells.
///
/// Streamlit's page: `static/index.html` of 1.40.2 to 1.67.0. `PlainGet`: Tornado 6, `websocket.py`.
/// `Origin`: the same file. `NoSession`: `upload_file_request_handler.py` of 1.52, `starlette_routes.py`
/// of 1.67. The others: the products' own error pages.
const MARKS: &[(&str, Mark)] = &[
    ("<title>streamlit</title>", Mark::Streamlit),
    ("static/js/index.", Mark::Streamlit),
    ("can \"upgrade\" only to \"websocket\"", Mark::PlainGet),
    ("\"connection\" must be \"upgrade\"", Mark::PlainGet),
    ("missing connection header", Mark::PlainGet),
    ("invalid connection header", Mark::PlainGet),
    ("missing upgrade header", Mark::PlainGet),
    ("invalid upgrade header", Mark::PlainGet),
    ("plain http request was sent to https port", Mark::PlainToTls),
    ("speaking plain http to an ssl-enabled server port", Mark::PlainToTls),
    ("client sent an http request to an https server", Mark::PlainToTls),
    ("request header or cookie too large", Mark::LongHeader),
    ("request header fields too large", Mark::LongHeader),
    ("size of a request header field exceeds server limit", Mark::LongHeader),
    ("unsupported http version", Mark::OldHttp),
    ("cross origin websockets not allowed", Mark::Origin),
    ("websockets are disabled", Mark::WebSocketsOff),
    ("503.0 - websocket", Mark::WebSocketsOff),
    ("invalid session_id", Mark::NoSession),
    ("<center>nginx", Mark::Nginx),
    ("apache server at", Mark::Apache),
    ("<address>apache", Mark::Apache),
    ("your browser sent an invalid request.", Mark::Haproxy),
    ("no server is available to handle this request", Mark::Haproxy),
    ("the server returned an invalid or incomplete response", Mark::Haproxy),
    ("internet information services", Mark::Iis),
    ("iis detailed error", Mark::Iis),
    ("missing required host header", Mark::Go),
    ("404 page not found", Mark::Go),
    ("cloudflare ray id", Mark::Cloudflare),
    ("challenges.cloudflare.com", Mark::Cloudflare),
    ("oauth2-proxy", Mark::Oauth2Proxy),
    ("oauth2_proxy", Mark::Oauth2Proxy),
    ("{\"message\":\"missing authentication token\"}", Mark::ApiGateway),
    ("{\"message\":\"internal server error\"}", Mark::ApiGateway),
    ("upstream connect error or disconnect/reset before headers", Mark::Envoy),
];

/// What a page to sign in on has.
const LOGIN: &[&str] = &[
    "type=\"password\"",
    "type='password'",
    "type=password",
    "/oauth2/start",
    "/oauth2/sign_in",
    "sign in with",
    "<title>sign in",
    "<title>log in",
    "<title>login",
    "login.microsoftonline.com",
    "samlrequest",
];

/// How much of a body is looked at, in bytes.
pub const LOOKED_AT: usize = 64 * 1024;

/// What a body begins as, and what stands in its beginning.
pub fn look(body: &[u8]) -> (Kind, Vec<Mark>) {
    let body = &body[..body.len().min(LOOKED_AT)];
    let low = body.to_ascii_lowercase();
    let kind = kind(&low);
    let has = |text: &str| memmem::find(&low, text.as_bytes()).is_some();
    let mut marks = Vec::new();
    for (text, mark) in MARKS {
        if !marks.contains(mark) && has(text) {
            marks.push(*mark);
        }
    }
    if kind == Kind::Html && !marks.contains(&Mark::Streamlit) && LOGIN.iter().any(|it| has(it)) {
        marks.push(Mark::Login);
    }
    (kind, marks)
}

fn kind(low: &[u8]) -> Kind {
    let text = low.strip_prefix(b"\xef\xbb\xbf").unwrap_or(low).trim_ascii();
    // Streamlit's page begins with its licence.
    let mut rest = text;
    while let Some(comment) = rest.strip_prefix(b"<!--") {
        let Some(end) = memmem::find(comment, b"-->") else { break };
        rest = comment[end + 3..].trim_ascii_start();
    }
    let html = [&b"<!doctype html"[..], b"<html", b"<head", b"<body"];
    if text.is_empty() {
        Kind::Empty
    } else if low == b"ok" {
        Kind::Ok
    } else if html.iter().any(|start| rest.starts_with(start)) {
        Kind::Html
    } else if text.starts_with(b"{") || text.starts_with(b"[") {
        Kind::Json
    } else if text.contains(&0)
        || std::str::from_utf8(text).is_err_and(|it| it.error_len().is_some())
    {
        Kind::Binary
    } else {
        Kind::Text
    }
}

/// The printable beginning of what came in place of HTTP.
pub fn printable(bytes: &[u8]) -> String {
    let line = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).find(|line| !line.is_empty());
    let line = line.unwrap_or_default();
    let shown: String = String::from_utf8_lossy(&line[..line.len().min(60)])
        .chars()
        .map(|letter| if letter.is_control() || letter == '\u{fffd}' { '.' } else { letter })
        .collect();
    // A few letters between dots tell nobody anything.
    let letters = shown.chars().filter(char::is_ascii_alphanumeric).count();
    if letters * 2 > shown.chars().count() { shown.trim().to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_by_their_beginning() {
        for (body, kind) in [
            (&b""[..], Kind::Empty),
            (b"ok", Kind::Ok),
            (b"ok, said somebody", Kind::Text),
            (b" <!-- a --> <!-- b -->\n<!DOCTYPE html><html>", Kind::Html),
            (b"<html>", Kind::Html),
            (b"{\"a\": 1}", Kind::Json),
            (b"import{a}from\"./b.js\"", Kind::Text),
            (b"\x00\x01", Kind::Binary),
            ("é".as_bytes(), Kind::Text),
            (&"é".as_bytes()[..1], Kind::Text),
        ] {
            assert_eq!(look(body).0, kind, "{body:?}");
        }
    }

    #[test]
    fn what_stands_in_bodies() {
        for (body, mark) in [
            ("Can \"Upgrade\" only to \"WebSocket\".", Mark::PlainGet),
            ("Cross origin websockets not allowed", Mark::Origin),
            ("<html><title>400: Invalid session_id</title>", Mark::NoSession),
            ("<html><title>Streamlit</title>", Mark::Streamlit),
            ("<html><center>nginx/1.22.1</center>", Mark::Nginx),
            ("<html><input type=\"password\">", Mark::Login),
        ] {
            assert_eq!(look(body.as_bytes()).1, [mark], "{body}");
        }
        assert_eq!(look(b"a text with type=\"password\" in it").1, [], "no page");
    }

    #[test]
    fn what_came_in_place_of_http() {
        assert_eq!(printable(b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n"), "SSH-2.0-OpenSSH_9.2p1 Debian");
        assert_eq!(printable(b"\x00\x00\x12\x04\x00\x00"), "");
        assert_eq!(printable(b""), "");
    }
}
