//! The program that the tests start. It does what its arguments say, one step after the other, in
//! the same way on every system:
//!
//! `say TEXT`, `cry TEXT`: prints a line, to the standard error
//! `bytes HEX`: prints bytes
//! `lines COUNT`: prints numbered lines, at once
//! `flood`: prints for ever
//! `hold NAME`: opens the test's lifeline and says its name
//! `start STEP|STEP...`: starts another one, and goes on
//! `nest STEP|STEP...`: starts one that starts another one, and stays
//! `orphan STEP|STEP...`: starts another one whose parent ends at once
//! `storm STEP|STEP...`: starts others for ever, each of which is an orphan
//! `stubborn`: does not end when it is asked to from here on
//! `obey TEXT`: prints this and exits with code 7 when it is asked to end; `hear TEXT`: without the end
//! `forever`, `exit CODE`, and on Windows `kill ID`: ends another process with code 1
//! `process`: prints its process id
//! `terminals`, `place`, `variables`, `input`: prints what it has of these
//! `arguments`: prints the arguments that follow, and does nothing else with them

use std::error::Error;
use std::io::{self, IsTerminal, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, exit};
use std::thread;

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let mut steps = std::env::args().skip(1);
    let mut lines = Vec::new();
    #[cfg(windows)]
    take_console();
    while let Some(step) = steps.next() {
        let (verb, rest) = step.split_once(' ').unwrap_or((&step, ""));
        match verb {
            "say" => say(rest)?,
            "cry" => io::stderr().write_all(format!("{rest}\n").as_bytes())?,
            "bytes" => print(&bytes(rest)?)?,
            "lines" => {
                let all: String = (0..rest.parse()?).map(|n: u32| format!("{n:06}\n")).collect();
                print(all.as_bytes())?;
            }
            "flood" => loop {
                say(&"flood ".repeat(15))?;
            },
            "hold" => lines.push(hold(rest)?),
            "start" => drop(start(rest.split('|'))?),
            "nest" => drop(start([format!("start {rest}"), "forever".to_owned()])?),
            "orphan" => drop(start([format!("start {rest}")])?.wait()?),
            "storm" => loop {
                start([format!("start {rest}")])?.wait()?;
            },
            "stubborn" => when_asked_to_end(|| {})?,
            "hear" => {
                let text = rest.to_owned();
                when_asked_to_end(move || drop(say(&text)))?;
            }
            "obey" => {
                let text = rest.to_owned();
                when_asked_to_end(move || {
                    let _ = say(&text);
                    exit(7)
                })?;
            }
            "forever" => loop {
                thread::park();
            },
            "exit" => exit(rest.parse()?),
            "terminals" => {
                let [a, b, c] = [
                    io::stdin().is_terminal(),
                    io::stdout().is_terminal(),
                    io::stderr().is_terminal(),
                ];
                say(&format!("{a} {b} {c}"))?;
            }
            #[cfg(windows)]
            "kill" => kill(rest.parse()?)?,
            "process" => say(&format!("process {}", std::process::id()))?,
            "place" => say(&std::env::current_dir()?.display().to_string())?,
            "variables" => {
                for (name, value) in std::env::vars() {
                    say(&format!("{name}={value}"))?;
                }
            }
            "input" => say(&format!("{} bytes", io::stdin().read_to_end(&mut Vec::new())?))?,
            "arguments" => steps.by_ref().try_for_each(|it| say(&format!("<{it:?}>")))?,
            _ => return Err(format!("no such step: `{step}`").into()),
        }
    }
    Ok(())
}

fn say(text: &str) -> io::Result<()> {
    print(format!("{text}\n").as_bytes())
}

fn print(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(bytes)?;
    out.flush()
}

fn bytes(hex: &str) -> Result<Vec<u8>, std::num::ParseIntError> {
    hex.split(' ').map(|byte| u8::from_str_radix(byte, 16)).collect()
}

/// The connection ends with this process.
fn hold(name: &str) -> Result<TcpStream, Box<dyn Error>> {
    let mut line = TcpStream::connect(std::env::var("LIFELINE")?)?;
    line.write_all(format!("{name}\n").as_bytes())?;
    Ok(line)
}

#[expect(clippy::disallowed_methods, reason = "an actor is what the tests' own trees consist of")]
fn start(steps: impl IntoIterator<Item = impl AsRef<std::ffi::OsStr>>) -> io::Result<Child> {
    Command::new(std::env::current_exe()?).args(steps).spawn()
}

/// Wine 8.0 gives a program in a pseudo-console no standard handles where portable-pty starts it with
/// invalid ones; Windows puts the console's in their place.
#[cfg(windows)]
#[expect(unsafe_code, reason = "the standard handles can be read alone by safe means")]
fn take_console() {
    use std::os::windows::io::{AsRawHandle, IntoRawHandle};
    use windows_sys::Win32::Foundation::INVALID_HANDLE_VALUE;
    use windows_sys::Win32::System::Console::{
        STD_ERROR_HANDLE, STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, SetStdHandle,
    };

    let handles = [
        ("CONIN$", STD_INPUT_HANDLE),
        ("CONOUT$", STD_OUTPUT_HANDLE),
        ("CONOUT$", STD_ERROR_HANDLE),
    ];
    let given = io::stdout().as_raw_handle();
    if !given.is_null() && given != INVALID_HANDLE_VALUE {
        return;
    }
    for (name, which) in handles {
        if let Ok(console) = std::fs::File::options().read(true).write(true).open(name) {
            // SAFETY: nobody closes the handle.
            unsafe { SetStdHandle(which, console.into_raw_handle()) };
        }
    }
}

#[cfg(windows)]
#[expect(unsafe_code, reason = "the standard library ends its own children alone")]
fn kill(id: u32) -> io::Result<()> {
    use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
    use windows_sys::Win32::System::Threading::{OpenProcess, PROCESS_TERMINATE, TerminateProcess};

    // SAFETY: takes numbers alone.
    let process = unsafe { OpenProcess(PROCESS_TERMINATE, 0, id) };
    if process.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the handle was opened just now and is nobody else's.
    let process = unsafe { OwnedHandle::from_raw_handle(process) };
    // SAFETY: the handle is open.
    match unsafe { TerminateProcess(process.as_raw_handle(), 1) } {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// From here on nobody ends this process by asking; it does `act` each time.
fn when_asked_to_end(act: impl Fn() + Send + 'static) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let entered = runtime.enter();
    let mut asked = asked()?;
    drop(entered);
    thread::spawn(move || {
        runtime.block_on(async {
            while asked.recv().await.is_some() {
                act();
            }
        });
    });
    Ok(())
}

#[cfg(unix)]
fn asked() -> io::Result<tokio::signal::unix::Signal> {
    use tokio::signal::unix::{SignalKind, signal};

    // tokio keeps its handlers: what was listened to once ends nobody any more.
    drop(signal(SignalKind::hangup())?);
    drop(signal(SignalKind::interrupt())?);
    signal(SignalKind::terminate())
}

#[cfg(windows)]
fn asked() -> io::Result<tokio::signal::windows::CtrlC> {
    tokio::signal::windows::ctrl_c()
}
