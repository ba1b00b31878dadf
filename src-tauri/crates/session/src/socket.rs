use std::io;

use camino::Utf8Path;
use waterskin_proxy::Address;

/// Where Python listens for one attempt: never the same place twice, so that nothing stale is met.
///
/// On Unix it is a socket in a folder that the launcher makes for its owner alone; elsewhere a free
/// port of the loopback interface with a secret that every request carries.
/// It is in `folder`, where one is given.
pub fn fresh(folder: Option<&Utf8Path>) -> io::Result<Address> {
    let mut random = [0u8; 16];
    getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
    let name = hex::encode(random);
    #[cfg(unix)]
    return unix(&name, folder);
    #[cfg(not(unix))]
    return {
        let _ = folder;
        tcp(name)
    };
}

/// Removes what an attempt left. The launcher's watchdog does so too; this is for the case that
/// it was ended by force with everything else.
pub fn remove(address: &Address) {
    let Address::Unix(path) = address else { return };
    let _ = std::fs::remove_file(path);
    if let Some(folder) = path.parent() {
        let _ = std::fs::remove_dir(folder);
    }
}

/// The longest path that a Unix socket can have: 108 bytes on Linux, 104 on macOS, with the zero
/// at the end (`sockaddr_un`).
#[cfg(unix)]
const LONGEST: usize = 103;

#[cfg(unix)]
fn unix(name: &str, folder: Option<&Utf8Path>) -> io::Result<Address> {
    if let Some(folder) = folder {
        let path = folder.join(format!("waterskin-{}", &name[..16])).join("app.sock");
        return Ok(Address::Unix(path.into()));
    }
    let base = directories::BaseDirs::new();
    let runtime = base.as_ref().and_then(directories::BaseDirs::runtime_dir).map(ToOwned::to_owned);
    let candidates = [runtime, Some(std::env::temp_dir()), Some("/tmp".into())];
    for folder in candidates.into_iter().flatten() {
        let path = folder.join(format!("waterskin-{}", &name[..16])).join("app.sock");
        // A relative one is another folder for Python, which begins in the app's.
        let usable = folder.is_absolute() && path.as_os_str().len() <= LONGEST;
        if usable && writable(&folder) {
            return Ok(Address::Unix(path));
        }
    }
    Err(io::Error::other("no folder for temporary files can be written"))
}

#[cfg(unix)]
fn writable(folder: &std::path::Path) -> bool {
    tempfile::Builder::new().prefix(".waterskin-").tempfile_in(folder).is_ok()
}

#[cfg(not(unix))]
fn tcp(secret: String) -> io::Result<Address> {
    // The port is free now; should another program be quicker, Python ends and the next attempt
    // takes another one.
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    Ok(Address::Tcp { port: listener.local_addr()?.port(), secret })
}
