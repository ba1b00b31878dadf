use std::path::Path;

/// Why a thread could not be confined.
#[derive(Debug, thiserror::Error)]
#[error("the system does not confine a program")]
pub struct ConfineError {
    /// What was met.
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// What a thread is kept from, beside writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confined {
    /// Whether it is kept from connecting too.
    pub network: bool,
}

/// Has the calling thread, and all threads and processes that come of it, write to nothing but what
/// is below `writable`, and connect to no other computer. It holds until they end.
///
/// On Linux by Landlock (landlock(7)), which needs no rights: files since 5.13, TCP since 6.7, signals to
/// other programs and their abstract sockets since 6.12. A kernel that knows less confines less;
/// datagrams and sockets in the file system pass, and no port of this computer is reached either.
///
/// # Errors
///
/// Where writing can't be confined, and then nothing is.
#[cfg(target_os = "linux")]
pub fn confine(writable: &[&Path]) -> Result<Confined, ConfineError> {
    use landlock::{
        ABI, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
        RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope, path_beneath_rules,
    };

    let writing = AccessFs::from_write(ABI::V4);
    let confined = || -> Result<RulesetStatus, RulesetError> {
        let status = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(writing)?
            .handle_access(AccessNet::ConnectTcp)?
            .create()?
            .add_rules(path_beneath_rules(writable, writing))?
            .restrict_self()?;
        // Apart, since a kernel that knows nothing of it confines the rest all the same.
        Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .scope(Scope::AbstractUnixSocket | Scope::Signal)?
            .create()?
            .restrict_self()?;
        Ok(status.ruleset)
    };
    match confined() {
        Ok(RulesetStatus::NotEnforced) => {
            Err(ConfineError { source: "its kernel has no Landlock".into() })
        }
        Ok(RulesetStatus::FullyEnforced) => Ok(Confined { network: true }),
        Ok(RulesetStatus::PartiallyEnforced) => Ok(Confined { network: false }),
        Err(source) => Err(ConfineError { source: Box::new(source) }),
    }
}

/// Elsewhere nobody can without rights, or without a program of the system's that may be missing.
#[cfg(not(target_os = "linux"))]
pub fn confine(_: &[&Path]) -> Result<Confined, ConfineError> {
    Err(ConfineError { source: "there is no way to do so on this system".into() })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};

    use super::*;

    #[test]
    fn a_confined_thread_writes_and_connects_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let (open, closed) = (folder.path().join("open"), folder.path().join("closed"));
        std::fs::create_dir(&open).unwrap();
        std::fs::create_dir(&closed).unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let name = format!("waterskin-{}", folder.path().display());
        let abstract_name = SocketAddr::from_abstract_name(name).unwrap();
        let _abstract = UnixListener::bind_addr(&abstract_name).unwrap();
        let (here, there) = (open, closed.clone());
        std::thread::spawn(move || {
            assert!(confine(&[&here]).unwrap().network, "a kernel of 6.7 or newer");
            std::fs::write(here.join("file"), "x").unwrap();
            let refused = std::fs::write(there.join("file"), "x").unwrap_err();
            assert_eq!(refused.kind(), std::io::ErrorKind::PermissionDenied);
            let refused = std::net::TcpStream::connect(address).unwrap_err();
            assert_eq!(refused.kind(), std::io::ErrorKind::PermissionDenied);
            let refused = UnixStream::connect_addr(&abstract_name).unwrap_err();
            assert_eq!(refused.kind(), std::io::ErrorKind::PermissionDenied, "since 6.12");
            // What it starts is confined as well.
            let file = there.join("file");
            let touch = crate::Tool::new("touch").arg(&file).run(&mut |_, _| {});
            assert!(touch.is_err() && !file.exists());
        })
        .join()
        .unwrap();
        // And nobody else.
        std::fs::write(closed.join("file"), "x").unwrap();
        std::net::TcpStream::connect(address).unwrap();
    }
}
