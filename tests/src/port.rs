use std::fs::{File, TryLockError};
use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

use anyhow::Context;

use crate::Result;

/// Ports that no system gives to whoever asks for any: Linux begins at 32768.
const PORTS: std::ops::Range<u16> = 20_000..28_000;

/// A port of loopback for a program that has to be told one. It is the holder's until this is
/// dropped: a port of the system's choice, closed and named, may be somebody else's by the time the
/// program binds it.
#[derive(Debug)]
pub struct Port {
    number: u16,
    _held: File,
}

impl Port {
    /// One that nobody listens on and no other test holds.
    pub fn reserve() -> Result<Self> {
        let folder = std::env::temp_dir().join("waterskin-test-ports");
        fs_err::create_dir_all(&folder)?;
        let count = usize::from(PORTS.end - PORTS.start);
        let anywhere = RandomState::new().hash_one(()) % u64::try_from(count)?;
        for number in PORTS.cycle().skip(usize::try_from(anywhere)?).take(count) {
            let held = File::create(folder.join(number.to_string()))?;
            match held.try_lock() {
                Ok(()) if is_free(number) => return Ok(Self { number, _held: held }),
                Ok(()) | Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error).context("no lock on a port"),
            }
        }
        anyhow::bail!("no port of {PORTS:?} is free")
    }

    /// Its number.
    pub fn number(&self) -> u16 {
        self.number
    }
}

fn is_free(number: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, number)).is_ok()
        && TcpListener::bind((Ipv6Addr::LOCALHOST, number)).is_ok()
}
