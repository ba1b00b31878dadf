use camino::{Utf8Path, Utf8PathBuf};
use waterskin_packager::cache_folder;
use waterskin_session::{Holder, holder};

use super::check::{Check, Row};
use crate::interpreter;
use crate::self_check::{self, State};

/// The port that apps open on where nothing else is said.
const PORT: u16 = 8501;

/// A build of a small app keeps about a gigabyte, and needs as much again while it packs.
const TIGHT: u64 = 4 << 30;
const TOO_LITTLE: u64 = 1 << 30;

/// Everything to look at on this machine.
pub fn checks() -> Vec<Check> {
    let own = self_check::looks().into_iter();
    let mut checks: Vec<Check> =
        own.map(|(name, look)| Check::one(name, move || of_own(look()))).collect();
    checks.push(Check::one("python", python));
    checks.push(Check::one("disk", disk));
    checks.push(Check::one("port", || port("port", PORT)));
    checks.push(Check::one("proxies", || proxies(|name| std::env::var(name).ok())));
    checks.push(Check::one("keychain", keychain));
    #[cfg(target_os = "linux")]
    {
        checks.push(Check::one("portal", portal));
        checks.push(Check::one("display", display));
    }
    checks
}

/// What `waterskin self-check` says of the same.
fn of_own(row: self_check::Row) -> Row {
    let self_check::Row { name, purpose, state } = row;
    match state {
        State::Found { what } => Row::good(name, what),
        State::Missing { why, hint } => {
            Row::missing(name, format!("missing, and needed {purpose}: {why}"), hint)
        }
        State::Absent { hint } => Row::lacking(name, format!("not there; it is {purpose}"), hint),
    }
}

/// The interpreter that `waterskin run` takes here. A build packs another one, which uv gets.
fn python() -> Row {
    let folder = current_folder().unwrap_or_default();
    match interpreter::find(None, &folder) {
        Ok(found) => Row::good("python", found.to_string()),
        Err(error) => {
            let said =
                format!("`waterskin run` takes none here: {error}; a build packs one of uv's");
            Row::lacking("python", said, error.hint())
        }
    }
}

fn disk() -> Row {
    let folders = [cache_folder().ok(), current_folder()];
    let free = |folder: Utf8PathBuf| {
        let there = folder.ancestors().find(|folder| folder.exists())?;
        Some((fs4::available_space(there).ok()?, folder))
    };
    match folders.into_iter().flatten().filter_map(free).min() {
        Some((bytes, folder)) => space(bytes, &folder),
        None => Row::lacking("disk", "nobody says how much space is free", ""),
    }
}

fn current_folder() -> Option<Utf8PathBuf> {
    Utf8PathBuf::from_path_buf(std::env::current_dir().ok()?).ok()
}

fn space(bytes: u64, folder: &Utf8Path) -> Row {
    let said = format!("{} free in `{folder}`", waterskin_packager::size(bytes));
    let hint = "free some; `waterskin cache clear` removes what is kept between builds";
    match bytes {
        ..TOO_LITTLE => Row::missing("disk", said, hint),
        TOO_LITTLE..TIGHT => Row::lacking("disk", said, hint),
        _ => Row::good("disk", said),
    }
}

/// Who has a port.
pub fn port(name: &str, port: u16) -> Row {
    let taken = |who: &str| {
        let said = format!("{who} has port {port}: an app opens on the next one that is free");
        Row::lacking(name, said, "an app with logins (`st.login`) needs the very port: end that")
    };
    match holder(port) {
        Holder::Nobody => Row::good(name, format!("{port} is free")),
        Holder::Program(program) => taken(&format!("`{program}`")),
        Holder::Unknown => taken("a program of another user's"),
    }
}

/// Proxies by the variables that programs share. Their values may have a password in them.
fn proxies(variable: impl Fn(&str) -> Option<String>) -> Row {
    let set = |name: &str| {
        let value = |name: &str| variable(name).filter(|value| !value.is_empty());
        value(name).or_else(|| value(&name.to_lowercase()))
    };
    let named: Vec<&str> = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
        .into_iter()
        .filter(|name| set(name).is_some())
        .collect();
    if named.is_empty() {
        return Row::good("proxies", "none");
    }
    let exceptions = set("NO_PROXY").unwrap_or_default();
    let excepted: Vec<&str> = exceptions.split(',').map(str::trim).collect();
    let spared = |host: &str| excepted.iter().any(|it| *it == host || *it == "*");
    let names = named.join(" and ");
    if spared("localhost") && spared("127.0.0.1") {
        return Row::good("proxies", format!("{names}, and `NO_PROXY` spares this machine"));
    }
    let said =
        format!("{names} without this machine in `NO_PROXY`: what asks it is sent to the proxy");
    Row::lacking("proxies", said, "set `NO_PROXY=localhost,127.0.0.1,::1`; an app's window does")
}

#[cfg(target_os = "linux")]
fn keychain() -> Row {
    use super::bus::{Offer, offer};
    let hint = "install one, such as `gnome-keyring` or KeePassXC with its Secret Service on";
    let without = "an app's secrets are kept in a file that its user alone may read";
    match offer("org.freedesktop.secrets") {
        Ok(Offer::Answers) => Row::good("keychain", "the Secret Service answers"),
        Ok(Offer::Begins) => Row::good("keychain", "the Secret Service begins when it is asked"),
        Ok(Offer::Nobody) => Row::lacking("keychain", format!("there is none: {without}"), hint),
        Err(why) => Row::lacking("keychain", format!("no session bus ({why}): {without}"), ""),
    }
}

#[cfg(not(target_os = "linux"))]
fn keychain() -> Row {
    let name = if cfg!(windows) { "the Credential Manager" } else { "the Keychain" };
    Row::good("keychain", name)
}

#[cfg(target_os = "linux")]
fn portal() -> Row {
    use super::bus::{Offer, offer};
    let hint = "install `xdg-desktop-portal` and the one for your desktop, such as `xdg-desktop-portal-gtk`";
    let without = "dark windows and cameras go by other signs, or not at all";
    match offer("org.freedesktop.portal.Desktop") {
        Ok(Offer::Answers) => Row::good("portal", "the desktop's portal answers"),
        Ok(Offer::Begins) => Row::good("portal", "the desktop's portal begins when it is asked"),
        Ok(Offer::Nobody) => Row::lacking("portal", format!("there is none: {without}"), hint),
        Err(why) => Row::lacking("portal", format!("no session bus ({why}): {without}"), ""),
    }
}

#[cfg(target_os = "linux")]
fn display() -> Row {
    use std::os::unix::net::UnixStream;
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let hint = "`waterskin run --no-window` serves an app without one, and builds need none";
    if let Some(name) = set("WAYLAND_DISPLAY") {
        let folder = set("XDG_RUNTIME_DIR").unwrap_or_default();
        // A name counts from that folder, and a path is one (`wl_display_connect`).
        let socket = Utf8Path::new(&folder).join(&name);
        return match UnixStream::connect(&socket) {
            Ok(_) => Row::good("display", format!("Wayland's `{name}`")),
            Err(error) => Row::lacking(
                "display",
                format!("Wayland's `{name}` does not answer ({error})"),
                hint,
            ),
        };
    }
    match set("DISPLAY") {
        Some(name) => match x11rb::connect(None) {
            Ok(_) => Row::good("display", format!("X11's `{name}`")),
            Err(error) => {
                Row::lacking("display", format!("X11's `{name}` does not answer ({error})"), hint)
            }
        },
        None => Row::lacking("display", "there is none: no window can be shown", hint),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::State;
    use super::*;

    #[test]
    fn a_proxy_is_to_spare_this_machine_and_is_not_shown() {
        let of = |variables: &[(&str, &str)]| {
            let variables: Vec<(String, String)> =
                variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
            proxies(move |name| {
                variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
            })
        };
        const PROXY: (&str, &str) = ("https_proxy", "http://me:geheim@proxy:3128");
        assert_eq!(of(&[]), Row::good("proxies", "none"));
        assert_eq!(of(&[("HTTP_PROXY", "")]).state, State::Good);
        for (exceptions, state) in [
            ("", State::Lacking),
            ("localhost", State::Lacking),
            ("example.org, localhost,127.0.0.1", State::Good),
            ("*", State::Good),
        ] {
            let row = of(&[PROXY, ("no_proxy", exceptions)]);
            assert_eq!(row.state, state, "{exceptions}");
            assert!(row.said.starts_with("HTTPS_PROXY") && !row.said.contains("geheim"), "{row:?}");
        }
    }

    #[test]
    fn little_space_is_said_and_too_little_is_missing() {
        let state = |bytes| space(bytes, "/ä b".into()).state;
        assert_eq!(state(TOO_LITTLE - 1), State::Missing);
        assert_eq!(state(TIGHT - 1), State::Lacking);
        assert_eq!(state(TIGHT), State::Good);
        assert!(space(TIGHT, "/ä b".into()).said.contains("4.3 GB free in `/ä b`"));
    }

    #[test]
    fn whoever_has_the_port_is_named() {
        let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let number = taken.local_addr().unwrap().port();
        let row = port("port", number);
        assert!(row.state == State::Lacking && row.said.contains("waterskin"), "{row:?}");
        drop(taken);
        assert_eq!(port("port", number).state, State::Good);
    }
}
