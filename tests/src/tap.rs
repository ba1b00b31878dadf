use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;

use crate::{PATIENCE, Result, Sandbox, eventually};

/// Stands between the proxy and Python on Python's own Unix socket, and keeps all that Python is sent.
///
/// A Unix socket is found by its path alone: the tap moves the path of Python's socket aside and
/// listens in its place. Neither side can tell.
#[derive(Debug)]
pub struct Tap {
    seen: Arc<Mutex<Vec<u8>>>,
    _tasks: JoinSet<()>,
}

impl Tap {
    /// Puts itself before the Python of the app that was started in `sandbox`, once it listens.
    pub async fn on_python(sandbox: &Sandbox) -> Result<Self> {
        Self::on(&python_socket(sandbox).await?).await
    }

    /// Puts itself before the socket at `path`.
    ///
    /// Waits first until no connection from before is open, as it would go past the tap: servers
    /// end an idle one after some seconds.
    pub async fn on(path: &Path) -> Result<Self> {
        eventually("idle connections to Python to end", Duration::from_secs(30), async || {
            Ok((connections(path)? == 0).then_some(()))
        })
        .await?;
        let aside = path.with_extension("aside");
        fs_err::rename(path, &aside)?;
        let listener = UnixListener::bind(path)?;
        let seen = Arc::default();
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, aside, Arc::clone(&seen)));
        Ok(Self { seen, _tasks: tasks })
    }

    /// All that Python was sent through the tap so far.
    pub fn seen(&self) -> String {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&seen).into_owned()
    }
}

/// The socket that the Python of the app in `sandbox` listens on, once it is ready: one that has
/// the path of a socket only is not yet.
pub async fn python_socket(sandbox: &Sandbox) -> Result<PathBuf> {
    eventually("Python's socket", PATIENCE, async || {
        let sockets = sandbox.sockets();
        let path = sockets.into_iter().find(|path| path.extension().is_some_and(|it| it == "sock"));
        Ok(path.filter(|path| std::os::unix::net::UnixStream::connect(path).is_ok()))
    })
    .await
}

async fn serve(listener: UnixListener, python: PathBuf, seen: Arc<Mutex<Vec<u8>>>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let (python, seen) = (python.clone(), Arc::clone(&seen));
        connections.spawn(async move {
            let Ok(server) = UnixStream::connect(python).await else { return };
            let (mut from_client, mut to_client) = client.into_split();
            let (mut from_server, mut to_server) = server.into_split();
            let there = async {
                let mut buffer = vec![0; 64 * 1024];
                while let Ok(count @ 1..) = from_client.read(&mut buffer).await {
                    let part = &buffer[..count];
                    seen.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(part);
                    if to_server.write_all(part).await.is_err() {
                        break;
                    }
                }
                let _ended_already = to_server.shutdown().await;
            };
            let back = async {
                let _either_ended = copy(&mut from_server, &mut to_client).await;
                let _ended_already = to_client.shutdown().await;
            };
            tokio::join!(there, back);
        });
    }
}

/// How many connections were accepted from the listener at `path`; see `unix(7)` on /proc/net/unix:
/// an accepted socket is listed with the listener's path, in state 03.
pub fn connections(path: &Path) -> Result<usize> {
    let path = path.to_string_lossy();
    let table = fs_err::read_to_string("/proc/net/unix")?;
    let open = table.lines().filter(|line| line.ends_with(&*path));
    Ok(open.filter(|line| line.split_whitespace().nth(5) == Some("03")).count())
}
