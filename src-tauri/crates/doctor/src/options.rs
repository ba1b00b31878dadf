use std::time::Duration;

use crate::{Address, Cookies, SecretHeader};

/// What is examined, and what that may take.
#[derive(Clone, Debug)]
pub struct Options {
    /// The app.
    pub address: Address,
    /// Where the app is without what is in front of it.
    pub upstream: Option<Address>,
    /// What every request to the host carries. Nothing of it goes to another host.
    pub headers: Vec<SecretHeader>,
    /// The cookies to begin with. Nothing of them goes to another host.
    pub cookies: Cookies,
    /// Certificates to trust beside those of the system, in PEM.
    pub authorities: Vec<u8>,
    /// How long each probe may take. The page itself waits 15 s (1.40 to 1.67, `constants.ts`).
    pub limit: Duration,
    /// How long a connection is held, to see whether it stays.
    pub idle: Option<Duration>,
    /// Whether the app's script may be run.
    pub run: bool,
}

impl Options {
    /// The usual ones: 20 s for each probe, no hold, and the script is not run.
    pub fn new(address: Address) -> Self {
        Self {
            address,
            upstream: None,
            headers: Vec::new(),
            cookies: Cookies::default(),
            authorities: Vec::new(),
            limit: Duration::from_secs(20),
            idle: None,
            run: false,
        }
    }
}
