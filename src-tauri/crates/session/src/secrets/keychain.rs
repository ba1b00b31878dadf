use keyring::v1::{Entry, Error};

/// Asked for to see whether the keychain answers. No secret can be called so.
const PROBE: &str = "(none)";

/// The system's keychain: the Secret Service on Linux, the Credential Manager on Windows, the
/// Keychain on macOS. Each secret is an entry of its own, under the app's id.
#[derive(Debug)]
pub struct Keychain {
    service: String,
}

impl Keychain {
    /// The keychain for the app `id`. `None` where there is none, or it can't be opened.
    pub fn open(id: &str) -> Option<Self> {
        let keychain = Self { service: id.to_owned() };
        match keychain.get(PROBE) {
            Ok(_) => Some(keychain),
            Err(error) => {
                tracing::debug!(%error, "there is no keychain");
                None
            }
        }
    }

    pub fn get(&self, key: &str) -> Result<Option<String>, Error> {
        match Entry::new(&self.service, key)?.get_password() {
            Ok(value) => Ok(Some(value)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub fn set(&self, key: &str, value: &str) -> Result<(), Error> {
        Entry::new(&self.service, key)?.set_password(value)
    }

    pub fn remove(&self, key: &str) -> Result<(), Error> {
        match Entry::new(&self.service, key)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
