use std::{process::ExitCode, time::Duration, time::Instant};

use serde::Serialize;
use waterskin_session::{OpenError, Options, Phase, Session, SessionState};
use waterskin_words::{FluentArgs, Language, Words};

use crate::{interrupt::Requests, render::Failure};

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
    let crowded = |error: std::io::Error| {
        Failure::new(error, Some("close other programs and try again".to_owned()))
    };
    let runtime = tokio::runtime::Runtime::new().map_err(crowded)?;
    runtime.block_on(async {
        // Before anything is begun that must be ended in order.
        let mut requests = Requests::listen().map_err(crowded)?;
        let session = Session::open(options, Vec::new(), start).await.map_err(|error| {
            let hint = hint(&error).to_owned();
            Failure::new(error, Some(hint))
        })?;
        let printer = Printer { json };
        printer.listening(&session);
        let gave_up = tokio::select! {
            () = requests.next() => false,
            gave_up = follow(&session, &printer) => gave_up,
        };
        session.stop(STOP_BUDGET).await;
        Ok(if gave_up { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    })
}

/// What the author can do about a session that does not open.
fn hint(error: &OpenError) -> &'static str {
    match error {
        OpenError::Bind { .. } => {
            "take another port with `--port`, or any free one with `--port 0`"
        }
        OpenError::Gate { .. } | OpenError::Proxy { .. } => "close other programs and try again",
        OpenError::Folders { .. } | OpenError::Launcher { .. } => {
            "see that your home folder can be written to and has space left"
        }
    }
}

/// Prints what happens; resolves when the session is over, with whether it gave up: nobody could
/// restart it.
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
        match state.phase {
            Phase::GaveUp { .. } => return true,
            // Nobody has asked for it yet: the app ended itself.
            Phase::Stopped => return false,
            _ => {}
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
        anstream::eprintln!("the address works once, within ten minutes; press Ctrl+C to end");
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
                // All else that the command says is English too.
                let words = Words::of(Language::English);
                for hint in &failure.hints {
                    let mut values = FluentArgs::new();
                    values.set("module", hint.module().unwrap_or_default());
                    anstream::eprintln!("hint: {}", words.say_with(hint.key(), &values));
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
