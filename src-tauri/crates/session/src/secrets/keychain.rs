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

    fn entry(&self, key: &str) -> Result<Entry, Error> {
        Entry::new(&self.service, key)
    }
}

/// Where single secrets are kept under their keys.
pub trait Store {
    /// The value; `None` where there is none.
    fn get(&self, key: &str) -> Result<Option<String>, Error>;
    /// Keeps a value in the place of the old one.
    fn set(&self, key: &str, value: &str) -> Result<(), Error>;
    /// Takes a value away; one that is not there is no error.
    fn remove(&self, key: &str) -> Result<(), Error>;
}

impl Store for Keychain {
    fn get(&self, key: &str) -> Result<Option<String>, Error> {
        match self.entry(key)?.get_password() {
            Ok(value) => Ok(Some(value)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn set(&self, key: &str, value: &str) -> Result<(), Error> {
        self.entry(key)?.set_password(value)
    }

    fn remove(&self, key: &str) -> Result<(), Error> {
        match self.entry(key)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
