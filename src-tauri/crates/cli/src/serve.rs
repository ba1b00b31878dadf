use std::{process::ExitCode, time::Duration, time::Instant};

use serde::Serialize;
use waterskin_session::{Options, Phase, Session, SessionState};

use crate::render::Failure;

/// How long the app may take to end.
const STOP_BUDGET: Duration = Duration::from_secs(3);

/// What `--json` prints, a line each.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Event<'a> {
    /// The page can be opened.
    Listening { url: &'a str, port: u16, preferred: u16 },
    /// The session's state changed.
    State { state: &'a SessionState },
    /// Python wrote a line.
    Log { text: &'a str },
}

/// Serves a session without a window, until the system or the author ends it.
pub fn serve(options: Options, json: bool) -> Result<ExitCode, Failure> {
    let start = Instant::now();
    let runtime = tokio::runtime::Runtime::new().map_err(|error| {
        Failure::new(error, Some("close other programs and try again".to_owned()))
    })?;
    runtime.block_on(async {
        let session = Session::open(options, Vec::new(), start)
            .await
            .map_err(|error| Failure::new(error, None))?;
        let printer = Printer { json };
        printer.listening(&session);
        let gave_up = tokio::select! {
            () = ended() => false,
            gave_up = follow(&session, &printer) => gave_up,
        };
        session.stop(STOP_BUDGET).await;
        Ok(if gave_up { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    })
}

/// Prints what happens; resolves when the session gave up, since nobody could restart it.
async fn follow(session: &Session, printer: &Printer) -> bool {
    let mut states = session.subscribe();
    let mut changes = session.log().subscribe();
    let mut next_line = 0;
    loop {
        let (lines, next) = session.log().lines_from(next_line);
        next_line = next;
        for line in lines {
            printer.line(&line.text);
        }
        let state = states.borrow_and_update().clone();
        printer.state(&state);
        if matches!(state.phase, Phase::GaveUp { .. }) {
            return true;
        }
        let changed = tokio::select! {
            changed = states.changed() => changed,
            changed = changes.changed() => changed,
        };
        if changed.is_err() {
            return false;
        }
    }
}

struct Printer {
    json: bool,
}

impl Printer {
    fn listening(&self, session: &Session) {
        let url = session.entry_url();
        let port = session.state().port;
        if self.json {
            event(&Event::Listening { url: &url, port: port.port, preferred: port.preferred });
            return;
        }
        if port.preferred != 0 && port.port != port.preferred {
            anstream::eprintln!(
                "port {} is taken, so the page is on {}",
                port.preferred,
                port.port
            );
        }
        anstream::println!("open {url}");
        anstream::eprintln!("the address works once; press Ctrl+C to end");
    }

    fn state(&self, state: &SessionState) {
        if self.json {
            event(&Event::State { state });
            return;
        }
        match &state.phase {
            Phase::Waiting { failures, reason, .. } => {
                anstream::eprintln!("python {reason}; starting again ({failures})");
            }
            Phase::GaveUp { failure } => {
                anstream::eprintln!("error: {}", failure.message);
                for hint in &failure.hints {
                    anstream::eprintln!("hint: {hint}");
                }
            }
            _ => {}
        }
    }

    fn line(&self, text: &str) {
        if self.json {
            event(&Event::Log { text });
        } else {
            anstream::eprintln!("{text}");
        }
    }
}

fn event(event: &Event<'_>) {
    if let Ok(line) = serde_json::to_string(event) {
        println!("{line}");
    }
}

/// Resolves when the author presses Ctrl+C or the system asks the program to end.
#[cfg(unix)]
async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
        signal(SignalKind::hangup()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
}

#[cfg(not(unix))]
async fn ended() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
