use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use camino::{Utf8Path, Utf8PathBuf};
use tauri::async_runtime::{self, JoinHandle};
use tokio::sync::Semaphore;
use waterskin_session::{Inspection, Kept, Saved, Session};

use crate::model::downloads;

/// How many batches may be on their way to the window. What passes meanwhile waits, and is counted as
/// lost where it is too much.
const UNDER_WAY: usize = 4;

/// The one window that looks at what passes the proxy. While it is not open, nothing is measured.
#[derive(Default)]
pub struct Inspector {
    looking: Mutex<Option<Looking>>,
    saved: Mutex<Option<Utf8PathBuf>>,
}

/// One window's look. Dropped, it is over.
struct Looking {
    task: JoinHandle<()>,
    room: Arc<Semaphore>,
    kept: Arc<Mutex<Kept>>,
}

impl Inspector {
    /// Sends what is seen, until [`Inspector::end`], the next call, or a `send` that says that nobody
    /// takes it.
    pub fn begin(
        &self,
        mut inspection: Inspection,
        send: impl Fn(String) -> bool + Send + Sync + 'static,
    ) {
        let (kept, room) = (inspection.kept(), Arc::new(Semaphore::new(UNDER_WAY)));
        let places = Arc::clone(&room);
        let task = async_runtime::spawn(async move {
            while let Ok(place) = places.acquire().await {
                place.forget();
                let batch = inspection.next().await;
                if !batch.is_some_and(&send) {
                    return;
                }
            }
        });
        *lock(&self.looking) = Some(Looking { task, room, kept });
    }

    /// A batch came to the window.
    pub fn took(&self) {
        if let Some(looking) = &*lock(&self.looking)
            && looking.room.available_permits() < UNDER_WAY
        {
            looking.room.add_permits(1);
        }
    }

    /// The window is gone, and what was kept for it goes too.
    pub fn end(&self) {
        *lock(&self.looking) = None;
    }

    /// Saves what is kept in `folder`, which is made where it is missing.
    pub fn save(&self, session: &Session, folder: &Path) -> io::Result<Saved> {
        let kept = lock(&self.looking).as_ref().map(|looking| Arc::clone(&looking.kept));
        let kept = kept.ok_or(io::ErrorKind::NotFound)?;
        fs_err::create_dir_all(folder)?;
        let folder = Utf8Path::from_path(folder).ok_or(io::ErrorKind::InvalidData)?;
        let name = downloads::clean(&format!("{} traffic", session.state().app.name));
        // Nothing waits for the disk but this.
        let save = lock(&kept).saving(session.port());
        let saved = save(folder, &name)?;
        *lock(&self.saved) = Some(saved.trace.clone());
        Ok(saved)
    }

    /// The trace that was saved last. The window can have no other file shown.
    pub fn saved(&self) -> Option<Utf8PathBuf> {
        lock(&self.saved).clone()
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
