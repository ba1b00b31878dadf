use super::{Ask, Context, Peer};
use crate::Address;
use crate::seen::{Exchange, Fault, What};

/// How many redirects are followed, as browsers do.
const REDIRECTS: usize = 20;

/// The page with the way to it.
pub struct Page {
    /// Every request on the way.
    pub exchanges: Vec<Exchange>,
    /// Where it was found in the end; none where no answer came, or no end of the redirects.
    pub peer: Option<Peer>,
    /// Its text.
    pub body: Vec<u8>,
}

/// Asks for the page, and follows where it leads.
pub async fn fetch(context: &Context, mut peer: Peer) -> Page {
    let mut exchanges = Vec::new();
    let mut query = String::new();
    for _ in 0..=REDIRECTS {
        let mut ask = Ask::get(What::Page, format!("{}{query}", peer.address.path()));
        ask.fields = vec![(
            http::header::ACCEPT,
            http::HeaderValue::from_static("text/html,application/xhtml+xml,*/*;q=0.8"),
        )];
        let mut heard = context.ask(&peer, ask).await;
        // The query may be one of a login.
        heard.exchange.path = peer.address.path().to_owned();
        if matches!(heard.exchange.fault(), Some(Fault::NotHttp { .. } | Fault::Closed)) {
            heard.exchange.outcome = peer.second_look(context).await;
        }
        let answer = heard.exchange.answer().cloned();
        exchanges.push(heard.exchange);
        let Some(answer) = answer else { return Page { exchanges, peer: None, body: Vec::new() } };
        let leads = (300..400).contains(&answer.status) && answer.status != 304;
        let Some(location) = heard.location.filter(|_| leads) else {
            return Page { exchanges, peer: Some(peer), body: heard.body };
        };
        let target = peer.address.join(&location);
        let Some((url, address)) = target.and_then(|url| Some((url.clone(), Address::of(&url)?)))
        else {
            return Page { exchanges, peer: Some(peer), body: heard.body };
        };
        query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        if address.origin() == peer.address.origin() {
            peer.address = address;
            continue;
        }
        context.trust(&address);
        match Peer::find(address, context.limit.min(super::CONNECT_LIMIT)).await {
            Ok(found) => peer = found,
            // The last answer says where it leads.
            Err(_) => return Page { exchanges, peer: Some(peer), body: heard.body },
        }
    }
    // A circle: what the file says that a server gives for the path, whatever it makes of the path's end.
    let base = peer.address.path().trim_end_matches('/').to_owned();
    let file = context.ask(&peer, Ask::get(What::PageFile, format!("{base}/index.html"))).await;
    exchanges.push(file.exchange);
    Page { exchanges, peer: None, body: Vec::new() }
}
