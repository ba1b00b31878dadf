//! What the Tool Help library says of everything that runs.

use std::io;
use std::mem::size_of;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};

use windows_sys::Win32::Foundation::INVALID_HANDLE_VALUE;
use windows_sys::Win32::System::Diagnostics::ToolHelp::{
    CREATE_TOOLHELP_SNAPSHOT_FLAGS, CreateToolhelp32Snapshot, PROCESSENTRY32W, Process32FirstW,
    Process32NextW, TH32CS_SNAPPROCESS, TH32CS_SNAPTHREAD, THREADENTRY32, Thread32First,
    Thread32Next,
};
use windows_sys::Win32::System::Threading::{OpenThread, ResumeThread, THREAD_SUSPEND_RESUME};

/// Every process: its number, and that of whoever started it, who may be gone.
#[expect(unsafe_code, reason = "snapshots have no safe binding")]
pub(super) fn processes() -> io::Result<Vec<(u32, u32)>> {
    let snapshot = snapshot(TH32CS_SNAPPROCESS)?;
    let mut entry =
        PROCESSENTRY32W { dwSize: size_of_entry::<PROCESSENTRY32W>()?, ..Default::default() };
    let mut found = Vec::new();
    // SAFETY: the handle is open, and the entry says how long it is.
    let mut more = unsafe { Process32FirstW(snapshot.as_raw_handle(), &raw mut entry) };
    while more != 0 {
        found.push((entry.th32ProcessID, entry.th32ParentProcessID));
        // SAFETY: as above.
        more = unsafe { Process32NextW(snapshot.as_raw_handle(), &raw mut entry) };
    }
    Ok(found)
}

/// Lets the threads of a process go on that were started suspended.
#[expect(unsafe_code, reason = "threads of others have no safe binding")]
pub(super) fn resume(process: u32) -> io::Result<()> {
    let mut resumed = false;
    for thread in threads(process)? {
        // SAFETY: takes numbers alone.
        let handle = unsafe { OpenThread(THREAD_SUSPEND_RESUME, 0, thread) };
        if handle.is_null() {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the handle was opened just now and is nobody else's.
        let handle = unsafe { OwnedHandle::from_raw_handle(handle) };
        // SAFETY: the handle is open.
        if unsafe { ResumeThread(handle.as_raw_handle()) } == u32::MAX {
            return Err(io::Error::last_os_error());
        }
        resumed = true;
    }
    if resumed { Ok(()) } else { Err(io::Error::other("the new process has no threads")) }
}

/// The numbers of the threads of a process.
#[expect(unsafe_code, reason = "snapshots have no safe binding")]
fn threads(process: u32) -> io::Result<Vec<u32>> {
    let snapshot = snapshot(TH32CS_SNAPTHREAD)?;
    let mut entry =
        THREADENTRY32 { dwSize: size_of_entry::<THREADENTRY32>()?, ..Default::default() };
    let mut found = Vec::new();
    // SAFETY: the handle is open, and the entry says how long it is.
    let mut more = unsafe { Thread32First(snapshot.as_raw_handle(), &raw mut entry) };
    while more != 0 {
        if entry.th32OwnerProcessID == process {
            found.push(entry.th32ThreadID);
        }
        // SAFETY: as above.
        more = unsafe { Thread32Next(snapshot.as_raw_handle(), &raw mut entry) };
    }
    Ok(found)
}

#[expect(unsafe_code, reason = "snapshots have no safe binding")]
fn snapshot(of: CREATE_TOOLHELP_SNAPSHOT_FLAGS) -> io::Result<OwnedHandle> {
    // SAFETY: takes numbers alone; of threads it has those of all processes, whichever is named.
    let snapshot = unsafe { CreateToolhelp32Snapshot(of, 0) };
    if snapshot == INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the handle was made just now and is nobody else's.
    Ok(unsafe { OwnedHandle::from_raw_handle(snapshot) })
}

fn size_of_entry<T>() -> io::Result<u32> {
    u32::try_from(size_of::<T>()).map_err(io::Error::other)
}
