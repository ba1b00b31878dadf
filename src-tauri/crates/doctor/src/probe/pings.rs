use waterskin_streamlit::{HEALTH, HOST_CONFIG};

use super::{Ask, Context, Peer, is_ok};
use crate::seen::{Exchange, What};

/// What the page asks before it opens the live connection.
pub struct Pings {
    /// Every request.
    pub exchanges: Vec<Exchange>,
    /// The base that the page would open the live connection at.
    pub base: String,
    /// Whether a health route said `ok`.
    pub ok: bool,
}

/// Asks the health route of each base that the page tries, and of the root, and the host's settings.
pub async fn ask(context: &Context, peer: &Peer) -> Pings {
    let bases = peer.address.bases();
    let health = |what: What, base: Option<String>| async move {
        let heard = context.ask(peer, Ask::get(what, format!("{}{HEALTH}", base?))).await;
        Some(heard.exchange)
    };
    let own = bases.first().cloned();
    let above = bases.get(1).cloned();
    let root = (!bases.iter().any(String::is_empty)).then(String::new);
    let twice = own.as_ref().filter(|own| !own.is_empty()).map(|own| format!("{own}{own}"));
    let config = Ask::get(What::HostConfig, format!("{}{HOST_CONFIG}", bases[0]));
    let (first, second, third, fourth, config) = tokio::join!(
        health(What::Health, own),
        health(What::HealthAbove, above.clone()),
        health(What::HealthRoot, root),
        health(What::HealthTwice, twice),
        context.ask(peer, config),
    );
    let first_ok = first.as_ref().is_some_and(is_ok);
    let second_ok = second.as_ref().is_some_and(is_ok);
    let base = match above {
        Some(above) if second_ok && !first_ok => above,
        _ => bases[0].clone(),
    };
    let exchanges = first
        .into_iter()
        .chain([config.exchange])
        .chain(second)
        .chain(third)
        .chain(fourth)
        .collect();
    Pings { exchanges, base, ok: first_ok || second_ok }
}
