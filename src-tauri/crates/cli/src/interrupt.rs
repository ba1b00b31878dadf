use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, ThreadId},
};

/// What shells expect of a program that Ctrl+C ended: 128 and the signal's number.
const INTERRUPTED: u8 = 130;

/// Ends a long piece of work when the author presses Ctrl+C or the system asks the program to end,
/// so that what it has begun is cleaned away.
///
/// The tools that run are killed at once. Our own work is left by unwinding, as rust-analyzer
/// leaves a query: every temporary file and folder is removed by its owner's `Drop`, and no step
/// has to hand an "interrupted" upwards. A second Ctrl+C ends the program without cleaning.
#[derive(Clone, Debug)]
pub struct Interrupt {
    came: Arc<AtomicBool>,
    worker: ThreadId,
}

/// What unwinds.
struct Interrupted;

impl Interrupt {
    /// Begins to listen. The work is that of the thread that calls this.
    pub fn listen() -> io::Result<Self> {
        let came = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&came);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut requests = runtime.block_on(async { Requests::listen() })?;
        thread::Builder::new().name("interrupt".to_owned()).spawn(move || {
            runtime.block_on(requests.next());
            told.store(true, Ordering::SeqCst);
            waterskin_process::cancel_all();
            runtime.block_on(requests.next());
            std::process::exit(INTERRUPTED.into());
        })?;
        Ok(Self { came, worker: thread::current().id() })
    }

    /// Does the work; `None` when it was interrupted. What failed only because its tool was killed
    /// counts as interrupted too.
    pub fn guard<T, E>(&self, work: impl FnOnce() -> Result<T, E>) -> Option<Result<T, E>> {
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Err(_)) if self.came.load(Ordering::SeqCst) => None,
            Ok(result) => Some(result),
            Err(reason) if reason.is::<Interrupted>() => None,
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Leaves the work that [`guard`](Self::guard) does, if the author wants it so. Does nothing
    /// on other threads than the worker: their owner waits for them and then comes here itself.
    pub fn check(&self) {
        if self.came.load(Ordering::SeqCst) && thread::current().id() == self.worker {
            resume_unwind(Box::new(Interrupted));
        }
    }

    /// What the program ends with after an interruption.
    pub fn exit_code() -> ExitCode {
        ExitCode::from(INTERRUPTED)
    }
}

/// The ways in which the author and the system ask a program to end. From its making on, none of
/// them ends the program by itself any more.
#[cfg(unix)]
#[derive(Debug)]
pub struct Requests([tokio::signal::unix::Signal; 3]);

#[cfg(unix)]
impl Requests {
    /// Begins to listen: to Ctrl+C, to the system, and to the closing of the terminal. Must be
    /// called in a runtime.
    pub fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let signals = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let [interrupt, terminate, hangup] = signals.map(signal);
        Ok(Self([interrupt?, terminate?, hangup?]))
    }

    /// Resolves at the next request.
    pub async fn next(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

/// The ways in which the author and the system ask a program to end. From its making on, none of
/// them ends the program by itself any more.
#[cfg(windows)]
#[derive(Debug)]
pub struct Requests {
    interrupt: tokio::signal::windows::CtrlC,
    close: tokio::signal::windows::CtrlClose,
}

#[cfg(windows)]
impl Requests {
    /// Begins to listen: to Ctrl+C and to the closing of the console. Must be called in a runtime.
    pub fn listen() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_c, ctrl_close};
        Ok(Self { interrupt: ctrl_c()?, close: ctrl_close()? })
    }

    /// Resolves at the next request.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.close.recv() => {}
        }
    }
}
