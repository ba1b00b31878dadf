use std::sync::Arc;

use tokio::sync::watch;

use super::converse::converse;
use super::{COOKIE, TOKEN};
use crate::connections::{Connections, Limits};
use crate::gate::Gate;
use crate::server::{Options, Tasks, serve};
use crate::service::Service;
use crate::upstream::Upstream;

/// What a client that shows no secret is answered: errors of its own.
const CLIENT_ERRORS: std::ops::Range<u16> = 400..500;

/// The proxy's side of one connection: the first byte says in what pieces the rest comes in.
///
/// There is no app, which the answer 503 says to whoever passes the gate; without the cookie in
/// the input nobody does. Every connection ends by itself.
pub fn heads(data: &[u8]) {
    let Some((size, input)) = data.split_first() else { return };
    let answer = answered(input, usize::from(*size) + 1);
    let knows_cookie = contains(input, COOKIE) && contains(input, "waterskin-8501");
    let knows_token = contains(input, TOKEN) && contains(input, "/_waterskin/enter?");
    for status in statuses(&answer) {
        let fits = match status {
            303 => knows_token,
            status if CLIENT_ERRORS.contains(&status) => true,
            100 | 204 | 501 | 503 => knows_cookie,
            _ => false,
        };
        assert!(fits, "{status} in {}", String::from_utf8_lossy(&answer));
    }
    assert!(!contains(&answer, COOKIE) || knows_token, "the cookie was given to a stranger");
}

fn answered(input: &[u8], piece: usize) -> Vec<u8> {
    let (_upstream, receiver) = watch::channel(Upstream::Down);
    let tasks = Tasks::default();
    let draining = tasks.draining.clone();
    let options = Options::new(Gate::known(COOKIE, TOKEN), receiver);
    let service = Arc::new(Service::new(options, tasks));
    let visitor = Connections::new(Limits::default()).meet();
    converse(input, piece, async |server| serve(server, service, visitor, draining).await).1
}

/// The statuses of all answers. No body of the proxy's own has a status line in it.
fn statuses(answer: &[u8]) -> impl Iterator<Item = u16> {
    answer.windows(12).filter(|it| it.starts_with(b"HTTP/1.") && it[8] == b' ').map(|line| {
        line[9..].iter().fold(0, |status, digit| status * 10 + u16::from(digit.wrapping_sub(b'0')))
    })
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
