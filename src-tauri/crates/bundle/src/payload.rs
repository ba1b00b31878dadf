use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use crate::{Digest, DigestError, Layout, Manifest, ManifestError, record, tree_digest};

/// A directory that holds an app in a form that runs in place.
#[derive(Clone, Debug)]
pub struct Payload {
    /// Where its parts are.
    pub layout: Layout,
    /// What it says of itself.
    pub manifest: Manifest,
}

/// Why a directory can't be used as a payload.
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// There is no `manifest.json`, so this is no payload, or an unfinished one.
    #[error("there is no app in `{root}`")]
    Missing {
        /// The directory.
        root: Utf8PathBuf,
    },
    /// The manifest could not be read.
    #[error("could not read `{path}`")]
    Read {
        /// The manifest's path.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The manifest was read and is not usable.
    #[error("could not understand `{path}`")]
    Manifest {
        /// The manifest's path.
        path: Utf8PathBuf,
        /// What is wrong with it.
        #[source]
        source: ManifestError,
    },
    /// A file that the manifest names is not there.
    #[error("`{path}` is missing from the app")]
    Incomplete {
        /// The file.
        path: Utf8PathBuf,
    },
    /// A file is missing, or its content is not what it was.
    #[error("`{path}` is missing or was changed")]
    File {
        /// The file.
        path: Utf8PathBuf,
    },
    /// A tree's content is not what the manifest says.
    #[error("the files in `{path}` were changed: expected {expected}, got {actual}")]
    Changed {
        /// The tree.
        path: Utf8PathBuf,
        /// The digest in the manifest.
        expected: String,
        /// The digest found.
        actual: String,
    },
    /// A tree could not be read for its digest.
    #[error("could not check `{path}`")]
    Digest {
        /// The tree.
        path: Utf8PathBuf,
        /// What went wrong.
        #[source]
        source: DigestError,
    },
}

impl Payload {
    /// Opens the payload in `root`: [`Payload::read`], and [`Payload::look`].
    pub fn open(root: &Utf8Path) -> Result<Self, PayloadError> {
        let payload = Self::read(root)?;
        payload.look()?;
        Ok(payload)
    }

    /// Reads the manifest: who the app is, be the rest of it there or not.
    pub fn read(root: &Utf8Path) -> Result<Self, PayloadError> {
        let layout = Layout::new(root);
        let path = layout.manifest();
        let text = match fs_err::read_to_string(&path) {
            Ok(text) => text,
            Err(source) if source.kind() == io::ErrorKind::NotFound => {
                return Err(PayloadError::Missing { root: root.to_owned() });
            }
            Err(source) => return Err(PayloadError::Read { path, source }),
        };
        let manifest =
            Manifest::parse(&text).map_err(|source| PayloadError::Manifest { path, source })?;
        Ok(Self { layout, manifest })
    }

    /// Looks that the interpreter, the script and the page are there. Contents are not hashed, since
    /// that would cost a start half a second; [`Payload::verify`] does that.
    pub fn look(&self) -> Result<(), PayloadError> {
        let page = self.layout.streamlit_static().join("index.html");
        match [self.python(), self.script(), page].into_iter().find(|needed| !needed.is_file()) {
            Some(path) => Err(PayloadError::Incomplete { path }),
            None => Ok(()),
        }
    }

    /// The interpreter's executable.
    pub fn python(&self) -> Utf8PathBuf {
        self.layout.root().join(&self.manifest.python.executable)
    }

    /// The script that Streamlit runs.
    pub fn script(&self) -> Utf8PathBuf {
        self.layout.app().join(&self.manifest.entry)
    }

    /// Looks for what could keep the app from starting: a part of the interpreter or of the
    /// distributions that is missing or was changed. Takes a second or more. The app's own folder
    /// is not looked at, since an app may have written into it.
    pub fn diagnose(&self) -> Result<(), PayloadError> {
        self.verify_tree(Layout::SITE_PACKAGES)?;
        self.verify_tree(Layout::PYTHON)
    }

    /// Compares every tree with its digest in the manifest, and gives what is data: files that the
    /// app made in its own folder, where that can be written to. The error names the file where one
    /// is not what its record says, or is new and code, and the tree where the file is not known.
    pub fn verify(&self) -> Result<Vec<Utf8PathBuf>, PayloadError> {
        let mut data = Vec::new();
        for name in self.manifest.digests.keys() {
            match self.verify_tree(name) {
                Err(PayloadError::Changed { .. }) if name == Layout::APP => {
                    data = record::made(&self.layout);
                    let code = data.iter().find(|file| record::is_code(file));
                    if let Some(path) = code.cloned() {
                        return Err(PayloadError::File { path });
                    }
                    if data.is_empty() {
                        self.verify_tree(name)?;
                    }
                }
                verified => verified?,
            }
        }
        Ok(data)
    }

    fn verify_tree(&self, name: &str) -> Result<(), PayloadError> {
        if let Some(expected) = self.manifest.digests.get(name) {
            let path = self.layout.root().join(name);
            let actual: Digest = tree_digest(&path)
                .map_err(|source| PayloadError::Digest { path: path.clone(), source })?;
            if actual != *expected {
                if let Some(path) = record::first_changed(&self.layout, name) {
                    return Err(PayloadError::File { path });
                }
                return Err(PayloadError::Changed {
                    path,
                    expected: expected.as_str().to_owned(),
                    actual: actual.as_str().to_owned(),
                });
            }
        }
        Ok(())
    }
}
