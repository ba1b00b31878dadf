//! The contract between the author's side, which writes payloads, and the recipient's side, which
//! reads them: manifest, layout, target, ids, digests. No network, no processes.

mod app_copy;
mod digest;
mod id;
mod layout;
mod manifest;
mod payload;
mod record;
mod staged;
mod system_package;
mod target;
mod works;

pub use app_copy::{AppCopy, AppCopyError, Brought, DataFiles, Kept, Late};
pub use digest::{Digest, DigestError, file_digest, tree_digest};
pub use id::{AppId, IdError, PackageName};
pub use layout::Layout;
pub use manifest::{
    App, DataPolicy, Downloads, MANIFEST_FILE, Manifest, ManifestError, Minimum, Python,
    PythonSource, SCHEMA, Secret, Shell, Streamlit, Theme, Window,
};
pub use payload::{Payload, PayloadError};
pub use record::{Recorded, write_record};
pub use staged::{StagedDir, StagedFile, StagingError};
pub use system_package::SystemPackage;
pub use target::{System, Target};
pub use works::Work;
