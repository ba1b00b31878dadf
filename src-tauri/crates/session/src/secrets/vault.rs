use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use camino::Utf8PathBuf;
use waterskin_bundle::Secret;

use super::file::SecretsFile;
use super::form::{Answers, Change, Complaint, SecretField, SecretPlace, SecretsForm, change};
use super::keychain::{Keychain, Store};
use super::values::SecretValues;
use super::wait::PATIENCE;
use super::within::{Deadline, within};
use crate::Folders;

/// The secrets of one app for one user.
///
/// The keychain may have the system ask the person to unlock it, and may not answer at all. What says
/// nothing else waits for it for a quarter of a minute.
#[derive(Clone, Debug)]
pub struct Vault {
    id: String,
    asked: Vec<Secret>,
    file: SecretsFile,
    /// Held while something is changed: what was given up on must not mix with what comes next.
    changing: Arc<Mutex<()>>,
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
    /// The keychain did not answer in time.
    #[error("the system's keychain does not answer")]
    Unanswered,
}

/// Why answers were not taken. Nothing is kept of any of them then, and what was kept before is as
/// it was, as far as a keychain that refuses something lets that be seen to.
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
        Self::with_file(id, asked, folders.secrets())
    }

    /// The vault of the app `id` of which there may be no more than the id: one without folders has
    /// no logs either, and so nothing that its secrets could be in.
    pub fn of(id: &str, asked: Vec<Secret>) -> Self {
        let file = Folders::of(id).map(|folders| folders.secrets()).unwrap_or_default();
        Self::with_file(id, asked, file)
    }

    fn with_file(id: &str, asked: Vec<Secret>, file: Utf8PathBuf) -> Self {
        let (file, changing) = (SecretsFile::new(file), Arc::default());
        Self { id: id.to_owned(), asked, file, changing }
    }

    /// Whether the app asks for any secrets.
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    /// The values that there are. It waits for the keychain, however long that takes.
    pub fn values(&self) -> SecretValues {
        self.with_store(Self::read)
    }

    /// The values that there are, where it is certain that there are no others. `None` where the
    /// keychain, which may have some, gives no answer.
    pub fn known(&self) -> Option<SecretValues> {
        if self.asked.is_empty() {
            return Some(SecretValues::default());
        }
        self.in_time(|vault, store, _| vault.known_from(store)).flatten()
    }

    /// Without a keychain the file has all of them, once there is one.
    fn known_from(&self, store: Option<&dyn Store>) -> Option<SecretValues> {
        let is_sure = match store {
            Some(store) => self.asked.iter().all(|secret| store.get(&secret.key).is_ok()),
            None => self.file.path().exists(),
        };
        is_sure.then(|| self.read(store))
    }

    /// Whether the app can't work before somebody fills in the form.
    pub fn lacks(&self, values: &SecretValues) -> bool {
        self.asked.iter().any(|secret| !secret.optional && !values.has(&secret.key))
    }

    /// What the form asks.
    ///
    /// # Errors
    ///
    /// The keychain does not answer.
    pub fn form(&self) -> Result<SecretsForm, VaultError> {
        let form = self.in_time(|vault, store, _| {
            let place = match store {
                Some(_) => SecretPlace::Keychain,
                None => SecretPlace::File { path: vault.file.path().to_string() },
            };
            vault.form_for(place, &vault.read(store))
        });
        form.ok_or(VaultError::Unanswered)
    }

    /// What a form asks whose answers are kept nowhere.
    pub fn form_once(&self) -> SecretsForm {
        self.form_for(SecretPlace::Nowhere, &SecretValues::default())
    }

    fn form_for(&self, place: SecretPlace, values: &SecretValues) -> SecretsForm {
        let field = |secret: &Secret| SecretField {
            key: secret.key.clone(),
            label: secret.label.clone(),
            help: secret.help.clone(),
            optional: secret.optional,
            is_set: values.has(&secret.key),
        };
        SecretsForm { place, fields: self.asked.iter().map(field).collect() }
    }

    /// Keeps what was filled in, and gives all values that there are then; or keeps nothing, where an
    /// answer can't be taken.
    ///
    /// # Errors
    ///
    /// As [`Rejected`] says.
    pub fn save(&self, answers: &Answers) -> Result<SecretValues, Rejected> {
        let answers = answers.clone();
        let saved =
            self.in_time(move |vault, store, deadline| vault.save_in(store, &answers, deadline));
        saved.unwrap_or(Err(Rejected::Unkept(VaultError::Unanswered)))
    }

    /// The values of what was filled in, which are kept nowhere; or what can't be right.
    ///
    /// # Errors
    ///
    /// An answer can't be taken.
    pub fn once(&self, answers: &Answers) -> Result<SecretValues, Vec<Complaint>> {
        let none = SecretValues::default();
        let changes = self.changes(answers, &none)?;
        Ok(none.after(&changes))
    }

    fn save_in(
        &self,
        store: Option<&dyn Store>,
        answers: &Answers,
        deadline: &Deadline,
    ) -> Result<SecretValues, Rejected> {
        let _alone = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let values = self.read(store);
        let changes = self.changes(answers, &values).map_err(Rejected::Complaints)?;
        self.keep(store, &changes, deadline).map_err(Rejected::Unkept)?;
        Ok(values.after(&changes))
    }

    /// What answers ask for, given the values that there are.
    fn changes(
        &self,
        answers: &Answers,
        values: &SecretValues,
    ) -> Result<Vec<(&str, Change)>, Vec<Complaint>> {
        let mut changes = Vec::new();
        let mut complaints = Vec::new();
        for secret in &self.asked {
            match change(secret, answers, values.has(&secret.key)) {
                Ok(change) => changes.push((secret.key.as_str(), change)),
                Err(problem) => complaints.push(Complaint { key: secret.key.clone(), problem }),
            }
        }
        if complaints.is_empty() { Ok(changes) } else { Err(complaints) }
    }

    /// Has something asked of the keychain, or of nobody where there is none.
    fn with_store<T>(&self, ask: impl FnOnce(&Self, Option<&dyn Store>) -> T) -> T {
        let keychain = Keychain::open(&self.id);
        ask(self, keychain.as_ref().map(|keychain| keychain as &dyn Store))
    }

    /// The same; `None` where the keychain does not answer in time.
    fn in_time<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Self, Option<&dyn Store>, &Deadline) -> T + Send + 'static,
    ) -> Option<T> {
        let vault = self.clone();
        within(PATIENCE, move |deadline| {
            vault.with_store(|vault, store| ask(vault, store, deadline))
        })
    }

    /// A value in the keychain counts before one in the file.
    fn read(&self, store: Option<&dyn Store>) -> SecretValues {
        let mut filed = self.file.read();
        let value = |secret: &Secret| {
            let kept = store.and_then(|store| {
                let asked = store.get(&secret.key);
                asked.unwrap_or_else(|error| {
                    tracing::warn!(%error, key = secret.key, "the keychain gave no answer");
                    None
                })
            });
            Some((secret.key.clone(), kept.or_else(|| filed.remove(&secret.key))?))
        };
        self.asked.iter().filter_map(value).collect()
    }

    /// Does all changes, or none: also where they come too late.
    fn keep(
        &self,
        store: Option<&dyn Store>,
        changes: &[(&str, Change)],
        deadline: &Deadline,
    ) -> Result<(), VaultError> {
        let mut filed = self.file.read();
        let before = filed.clone();
        for (key, change) in changes {
            match (change, store) {
                (Change::Keep, _) => {}
                (Change::Set(value), None) => {
                    filed.insert((*key).to_owned(), value.clone());
                }
                // One in the keychain counts before it.
                (Change::Set(_), Some(_)) | (Change::Remove, _) => {
                    filed.remove(*key);
                }
            }
        }
        let done = match store {
            Some(store) => {
                keep_in(store, changes).map_err(|source| VaultError::Keychain { source })?
            }
            None => Vec::new(),
        };
        let kept = if !deadline.is_met() {
            Err(VaultError::Unanswered)
        } else if filed == before {
            Ok(())
        } else {
            let path = self.file.path().to_owned();
            self.file.write(&filed).map_err(|source| VaultError::File { path, source })
        };
        if let (Err(_), Some(store)) = (&kept, store) {
            take_back(store, done);
        }
        kept
    }
}

/// A key with the value that it had before it was changed.
type Before<'a> = (&'a str, Option<String>);

/// Changes a store, and gives what was there before; or changes nothing, where it refuses one of the
/// changes.
fn keep_in<'a>(
    store: &dyn Store,
    changes: &[(&'a str, Change)],
) -> Result<Vec<Before<'a>>, keyring::v1::Error> {
    let mut done = Vec::new();
    for (key, change) in changes {
        let value = match change {
            Change::Keep => continue,
            Change::Set(value) => Some(value.as_str()),
            Change::Remove => None,
        };
        let changed = store.get(key).and_then(|before| put(store, key, value).map(|()| before));
        match changed {
            Ok(before) => done.push((*key, before)),
            Err(error) => {
                take_back(store, done);
                return Err(error);
            }
        }
    }
    Ok(done)
}

/// Keeps a value under a key, or nothing.
fn put(store: &dyn Store, key: &str, value: Option<&str>) -> Result<(), keyring::v1::Error> {
    match value {
        Some(value) => store.set(key, value),
        None => store.remove(key),
    }
}

/// Puts back what was there before, the last change first.
fn take_back(store: &dyn Store, done: Vec<Before<'_>>) {
    for (key, before) in done.into_iter().rev() {
        if let Err(error) = put(store, key, before.as_deref()) {
            tracing::error!(%error, key, "the keychain did not take a change back");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    use keyring::v1::Error;

    use super::*;

    /// A keychain that refuses to touch one key, from some moment on.
    #[derive(Default)]
    struct Fake {
        values: RefCell<BTreeMap<String, String>>,
        refused: &'static str,
        unreadable: bool,
    }

    impl Fake {
        fn judge(&self, key: &str) -> Result<(), Error> {
            let said = || Error::NoStorageAccess("locked".into());
            if key == self.refused { Err(said()) } else { Ok(()) }
        }
    }

    impl Store for Fake {
        fn get(&self, key: &str) -> Result<Option<String>, Error> {
            if self.unreadable {
                self.judge(key)?;
            }
            Ok(self.values.borrow().get(key).cloned())
        }

        fn set(&self, key: &str, value: &str) -> Result<(), Error> {
            self.judge(key)?;
            self.values.borrow_mut().insert(key.to_owned(), value.to_owned());
            Ok(())
        }

        fn remove(&self, key: &str) -> Result<(), Error> {
            self.judge(key)?;
            self.values.borrow_mut().remove(key);
            Ok(())
        }
    }

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn vault(folder: &tempfile::TempDir) -> Vault {
        let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        let secret = |key: &str| Secret {
            key: key.to_owned(),
            label: key.to_owned(),
            help: String::new(),
            optional: true,
            check: None,
        };
        Vault::with_file("a.b", ["A", "B", "C"].map(secret).into(), root.join("secrets.json"))
    }

    #[test]
    fn a_keychain_that_refuses_the_last_secret_is_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(&folder);
        vault.file.write(&values(&[("B", "filed")])).unwrap();
        let before = values(&[("A", "old a"), ("C", "old c")]);
        let set = |value: &str| Change::Set(value.to_owned());
        for last in [set("new"), Change::Remove] {
            let store =
                Fake { values: RefCell::new(before.clone()), refused: "C", unreadable: false };
            let changes = vec![("A", set("new a")), ("B", set("new b")), ("C", last)];
            let refused = vault.keep(Some(&store), &changes, &Deadline::default()).unwrap_err();
            assert!(matches!(refused, VaultError::Keychain { .. }), "{refused:?}");
            assert_eq!(*store.values.borrow(), before);
            assert_eq!(vault.file.read(), values(&[("B", "filed")]));
        }
    }

    #[test]
    fn what_was_given_up_on_is_kept_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(&folder);
        let before = values(&[("A", "old a")]);
        let store = Fake { values: RefCell::new(before.clone()), ..Fake::default() };
        let changes = [("A", Change::Set("new a".into())), ("B", Change::Set("new b".into()))];
        let deadline = Deadline::default();
        assert!(deadline.is_met(), "by whoever waits");
        for store in [Some(&store as &dyn Store), None] {
            let late = vault.keep(store, &changes, &deadline).unwrap_err();
            assert!(matches!(late, VaultError::Unanswered), "{late:?}");
        }
        assert_eq!(*store.values.borrow(), before);
        assert_eq!(vault.file.read(), BTreeMap::new());
    }

    #[test]
    fn the_values_after_a_change_are_those_that_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(&folder);
        let store =
            Fake { values: RefCell::new(values(&[("A", "a"), ("B", "b")])), ..Fake::default() };
        let answers = Answers([("A".into(), Some("new".into())), ("B".into(), None)].into());
        let saved = vault.save_in(Some(&store), &answers, &Deadline::default()).unwrap();
        assert_eq!(saved, vault.read(Some(&store)));
        assert_eq!(*store.values.borrow(), values(&[("A", "new")]));

        let once = vault.once(&answers).unwrap();
        assert_eq!(once, values(&[("A", "new")]).into_iter().collect());
        assert_eq!(vault.file.read(), BTreeMap::new());
        assert_eq!(vault.form_once().place, SecretPlace::Nowhere);
    }

    #[test]
    fn what_is_kept_is_known_only_where_somebody_says_it() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(&folder);
        let open = Fake { values: RefCell::new(values(&[("A", "a")])), ..Fake::default() };
        assert!(vault.known_from(Some(&open)).is_some_and(|known| known.has("A")));
        let locked = Fake { refused: "B", unreadable: true, ..Fake::default() };
        assert_eq!(vault.known_from(Some(&locked)), None);
        assert_eq!(vault.known_from(None), None, "a keychain that is away may have had some");
        vault.file.write(&values(&[("B", "b")])).unwrap();
        assert!(vault.known_from(None).is_some_and(|known| known.has("B")));
    }
}
