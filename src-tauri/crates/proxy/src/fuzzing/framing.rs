use std::convert::Infallible;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::converse::converse;
use crate::body::{Body, empty};
use crate::forward::onward;
use crate::headers;
use crate::pool;
use crate::server;
use crate::upstream::Address;

/// What an app gets of what a client writes: the first byte says in what pieces that comes in.
///
/// Each request that goes on is one message to the strictest reader, with nothing behind it, and so
/// to every other reader.
pub fn framing(data: &[u8]) {
    let Some((size, input)) = data.split_first() else { return };
    let (_, _) = converse(input, usize::from(*size) + 1, async |server| {
        let service = service_fn(async |request: Request<Incoming>| {
            if headers::has_clear_end(request.headers()) {
                let arrived = arrived(request).await;
                assert!(end(&arrived).is_none_or(|end| end == arrived.len()), "two messages");
            }
            Ok::<_, Infallible>(Response::new(empty()))
        });
        server::http().serve_connection(TokioIo::new(server), service).with_upgrades().await
    });
}

/// What an app gets of a request that goes on: all of it, or all until it broke off.
async fn arrived(request: Request<Incoming>) -> Vec<u8> {
    let (parts, body) = request.into_parts();
    let address = Address::Unix(std::path::PathBuf::new());
    let upgrades = headers::upgrade_of(&parts).is_some();
    let request = onward(parts, Some(body), |fields| match upgrades {
        true => headers::for_upgrade(fields, |_| true, &address),
        false => headers::for_request(fields, &address),
    });
    let (ours, app) = tokio::io::duplex(16 * 1024);
    let (mut sender, connection) =
        pool::client().handshake::<_, Body>(TokioIo::new(ours)).await.expect("a connection");
    let ask = async move { sender.send_request(request).await.is_ok() };
    let (_, _, arrived) = tokio::join!(ask, connection, read(app));
    arrived
}

/// All that comes; what is whole is answered.
async fn read(mut app: DuplexStream) -> Vec<u8> {
    let mut arrived = Vec::new();
    while end(&arrived).is_none() {
        if app.read_buf(&mut arrived).await.is_ok_and(|count| count == 0) {
            return arrived;
        }
    }
    // Who has gone needs no answer.
    let _ = app.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let _ = app.read_to_end(&mut arrived).await;
    arrived
}

/// Where the first message ends, by RFC 9112 sections 2.2, 6 and 7.1 without any of the allowances
/// that they make; nowhere as long as it is not whole.
fn end(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|it| it == b"\r\n\r\n")?;
    let (mut length, mut coded) = (None, false);
    for field in lines(&bytes[..head]).skip(1) {
        let colon = field.iter().position(|byte| *byte == b':').expect("a field has a colon");
        let (name, value) = (&field[..colon], field[colon + 1..].trim_ascii());
        let is_token =
            |byte: &u8| byte.is_ascii_graphic() && !b"\"(),/:;<=>?@[\\]{}".contains(byte);
        assert!(colon > 0 && name.iter().all(is_token), "no name: {name:?}");
        if name.eq_ignore_ascii_case(b"content-length") {
            assert!(length.is_none(), "two lengths");
            length = Some(number(value, 10));
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            assert!(!coded && value.eq_ignore_ascii_case(b"chunked"), "another coding");
            coded = true;
        }
    }
    assert!(length.is_none() || !coded, "a length and chunks");
    let body = head + 4;
    if !coded {
        return (bytes.len() - body >= length.unwrap_or(0)).then_some(body + length.unwrap_or(0));
    }
    let mut at = body;
    loop {
        let line = at + bytes[at..].windows(2).position(|it| it == b"\r\n")?;
        let size = number(&bytes[at..line], 16);
        at = line + 2;
        if size == 0 {
            break;
        }
        let after = bytes.get(at + size..at + size + 2)?;
        assert_eq!(after, b"\r\n", "a chunk that is longer than it says");
        at += size + 2;
    }
    // What is left are trailers, and the empty line behind them.
    if bytes.get(at..at + 2)? == b"\r\n" {
        return Some(at + 2);
    }
    let trailers = bytes[at..].windows(4).position(|it| it == b"\r\n\r\n")?;
    assert!(lines(&bytes[at..at + trailers]).all(|line| line.contains(&b':')), "no trailers");
    Some(at + trailers + 4)
}

/// The lines, whose ends are the only carriage returns and line feeds there are, and no NUL.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let all = rest?;
        let end = all.windows(2).position(|it| it == b"\r\n");
        let line = &all[..end.unwrap_or(all.len())];
        rest = end.map(|end| &all[end + 2..]);
        assert!(!line.iter().any(|byte| b"\r\n\0".contains(byte)), "no line: {line:?}");
        Some(line)
    })
}

fn number(digits: &[u8], radix: u32) -> usize {
    let is_digit = |byte: &u8| char::from(*byte).is_digit(radix);
    assert!(!digits.is_empty() && digits.iter().all(is_digit), "no number: {digits:?}");
    let digits = std::str::from_utf8(digits).expect("digits are ASCII");
    usize::from_str_radix(digits, radix).expect("a length that hyper took")
}

#[cfg(test)]
mod tests {
    use super::end;

    #[test]
    fn a_message_has_one_end() {
        for message in [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "PUT / HTTP/1.1\r\nContent-Length: 2\r\n\r\n\n\n",
            "PUT / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n",
            "PUT / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\nSum: 1\r\n\r\n",
        ] {
            let pipelined = [message.as_bytes(), b"GET /"].concat();
            assert_eq!(end(&pipelined), Some(message.len()), "{message:?}");
            for cut in 0..message.len() {
                assert_eq!(end(&message.as_bytes()[..cut]), None, "{message:?} up to {cut}");
            }
        }
    }

    #[test]
    fn what_has_two_is_found() {
        for fields in [
            "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
            "Content-Length: 1\r\nContent-Length: 1\r\n",
            "Content-Length: +1\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "X: a\nContent-Length: 1\r\n",
            "X: a\rb\r\n",
            "X: a\0\r\n",
            "Content-Length : 1\r\n",
            " folded\r\n",
        ] {
            let message = format!("PUT / HTTP/1.1\r\n{fields}\r\n1\r\n\r\n0\r\n\r\n");
            let found = std::panic::catch_unwind(|| end(message.as_bytes()));
            assert!(found.is_err(), "{fields:?}");
        }
    }
}
