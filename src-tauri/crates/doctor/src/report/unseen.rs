use crate::reason::Finding;
use crate::seen::{Seen, What};

/// What could not be seen from here, and what would look at it.
pub fn of(seen: &Seen, finding: Option<&Finding>) -> Vec<String> {
    let mut unseen = Vec::new();
    let mut add = |text: &str| unseen.push(text.to_owned());
    let stage = finding.map_or(5, |finding| finding.stage);
    if stage == 3 && !seen.terms.upstream {
        add("what the app itself answers behind what is in front (`--upstream URL` asks it)");
    }
    if stage == 3 && seen.terms.upstream && seen.exchange(What::HandshakeUpstream).is_none() {
        add("what the app itself answers behind what is in front");
    }
    if let Some(stream) = &seen.stream {
        if seen.holds.iter().any(|hold| hold.not_opened) {
            add("how long a connection stays: another one to hold did not open");
        }
        if seen.terms.idle.is_none() {
            add("whether the live connection stays when nothing passes (`--idle 120` holds one)");
        }
        if !seen.terms.run {
            add("whether the script runs (`--run` runs it once)");
        }
        if seen.replicas.is_none() && stream.closed.is_none() {
            add(match seen.terms.run {
                true => "whether there are several copies of the app",
                false => "whether there are several copies of the app (`--run` can tell)",
            });
        }
    }
    if stage > 1 {
        add("what the browser, the cache and the network of somebody else do to the page");
    }
    if stage < 4 {
        add("what comes after the stage that failed");
    }
    unseen
}
