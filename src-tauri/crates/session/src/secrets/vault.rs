use std::io;

use camino::Utf8PathBuf;
use waterskin_bundle::Secret;

use super::file::SecretsFile;
use super::form::{Answers, Change, Complaint, SecretField, SecretPlace, SecretsForm, change};
use super::keychain::Keychain;
use super::values::SecretValues;
use crate::Folders;

/// The secrets of one app for one user.
///
/// Every call may wait for the keychain, and the system may ask the person to unlock it.
#[derive(Clone, Debug)]
pub struct Vault {
    id: String,
    asked: Vec<Secret>,
    file: SecretsFile,
}

/// Why the secrets could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The keychain refused.
    #[error("the system's keychain did not take the secrets")]
    Keychain {
        /// What it said.
        #[source]
        source: keyring::v1::Error,
    },
    /// The file could not be written.
    #[error("could not write `{path}`")]
    File {
        /// The file.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// Why answers were not taken. Nothing is kept of any of them then.
#[derive(Debug)]
pub enum Rejected {
    /// Some can't be right.
    Complaints(Vec<Complaint>),
    /// They could not be kept.
    Unkept(VaultError),
}

impl Vault {
    /// The vault of the app `id`, for the secrets that it asks for.
    pub fn new(id: &str, asked: Vec<Secret>, folders: &Folders) -> Self {
        Self { id: id.to_owned(), asked, file: SecretsFile::new(folders.secrets()) }
    }

    /// Whether the app asks for any secrets.
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    /// The values that there are.
    pub fn values(&self) -> SecretValues {
        if self.asked.is_empty() {
            return SecretValues::default();
        }
        self.read(Keychain::open(&self.id).as_ref())
    }

    /// Whether the app can't work before somebody fills in the form.
    pub fn lacks(&self, values: &SecretValues) -> bool {
        self.asked.iter().any(|secret| !secret.optional && !values.has(&secret.key))
    }

    /// What the form asks.
    pub fn form(&self) -> SecretsForm {
        let keychain = Keychain::open(&self.id);
        let values = self.read(keychain.as_ref());
        let place = match keychain {
            Some(_) => SecretPlace::Keychain,
            None => SecretPlace::File { path: self.file.path().to_string() },
        };
        let field = |secret: &Secret| SecretField {
            key: secret.key.clone(),
            label: secret.label.clone(),
            help: secret.help.clone(),
            optional: secret.optional,
            is_set: values.has(&secret.key),
        };
        SecretsForm { place, fields: self.asked.iter().map(field).collect() }
    }

    /// Keeps what was filled in: all of it, or nothing where an answer can't be taken.
    ///
    /// # Errors
    ///
    /// As [`Rejected`] says.
    pub fn save(&self, answers: &Answers) -> Result<(), Rejected> {
        let keychain = Keychain::open(&self.id);
        let values = self.read(keychain.as_ref());
        let mut changes = Vec::new();
        let mut complaints = Vec::new();
        for secret in &self.asked {
            match change(secret, answers, values.has(&secret.key)) {
                Ok(change) => changes.push((secret.key.as_str(), change)),
                Err(problem) => complaints.push(Complaint { key: secret.key.clone(), problem }),
            }
        }
        if !complaints.is_empty() {
            return Err(Rejected::Complaints(complaints));
        }
        self.keep(keychain.as_ref(), changes).map_err(Rejected::Unkept)
    }

    /// A value in the keychain counts before one in the file.
    fn read(&self, keychain: Option<&Keychain>) -> SecretValues {
        let mut filed = self.file.read();
        let value = |secret: &Secret| {
            let kept = keychain.and_then(|keychain| {
                let asked = keychain.get(&secret.key);
                asked.unwrap_or_else(|error| {
                    tracing::warn!(%error, key = secret.key, "the keychain gave no answer");
                    None
                })
            });
            Some((secret.key.clone(), kept.or_else(|| filed.remove(&secret.key))?))
        };
        self.asked.iter().filter_map(value).collect()
    }

    fn keep(
        &self,
        keychain: Option<&Keychain>,
        changes: Vec<(&str, Change)>,
    ) -> Result<(), VaultError> {
        let refused = |source| VaultError::Keychain { source };
        let mut filed = self.file.read();
        let before = filed.clone();
        for (key, change) in changes {
            match (change, keychain) {
                (Change::Keep, _) => {}
                (Change::Set(value), Some(keychain)) => {
                    keychain.set(key, &value).map_err(refused)?;
                    filed.remove(key);
                }
                (Change::Set(value), None) => {
                    filed.insert(key.to_owned(), value);
                }
                (Change::Remove, keychain) => {
                    filed.remove(key);
                    if let Some(keychain) = keychain {
                        keychain.remove(key).map_err(refused)?;
                    }
                }
            }
        }
        if filed == before {
            return Ok(());
        }
        let path = self.file.path().to_owned();
        self.file.write(&filed).map_err(|source| VaultError::File { path, source })
    }
}
