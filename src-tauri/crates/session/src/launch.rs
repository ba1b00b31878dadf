use std::{ffi::OsString, path::PathBuf};

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use waterskin_process::{Command, Size};
use waterskin_proxy::Address;

use crate::{Options, SecretValues};

/// What the launcher reads from `WATERSKIN_LAUNCH`, as JSON.
#[derive(Debug, Serialize)]
struct Launch<'a> {
    script: &'a Utf8Path,
    root: &'a Utf8Path,
    arguments: &'a [String],
    site_packages: &'a [Utf8PathBuf],
    listen: Listen<'a>,
    url: String,
    reload: bool,
    preload: &'a [String],
    secret: Option<&'a str>,
    secrets: &'a SecretValues,
    trial: Option<&'a Utf8Path>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Listen<'a> {
    Unix(&'a std::path::Path),
    Tcp(u16),
}

/// The command that starts Python for one attempt.
pub fn command(
    options: &Options,
    secrets: &SecretValues,
    launcher: &Utf8Path,
    port: u16,
    address: &Address,
) -> Command {
    let (listen, secret) = match address {
        Address::Unix(path) => (Listen::Unix(path), None),
        Address::Tcp { port, secret } => (Listen::Tcp(*port), Some(secret.as_str())),
    };
    let launch = Launch {
        script: &options.script,
        root: &options.root,
        arguments: &options.arguments,
        site_packages: &options.interpreter.site_packages,
        listen,
        url: format!("http://localhost:{port}"),
        reload: options.reload,
        preload: &options.preload,
        secret,
        secrets,
        trial: options.trial.as_ref().map(|trial| &*trial.record),
    };
    let mut arguments: Vec<OsString> = vec!["-u".into()];
    if options.interpreter.isolated {
        // `-I` makes Python blind to the user's PYTHON* variables and user site; UTF-8 mode makes
        // it blind to a missing locale.
        arguments.extend(["-I".into(), "-X".into(), "utf8".into()]);
    }
    arguments.push(launcher.into());
    let mut environment: Vec<(OsString, OsString)> = std::env::vars_os()
        .filter(|(name, _)| keeps(&name.to_string_lossy(), options.interpreter.isolated))
        .filter(|(name, _)| options.trial.is_none() || is_everyones(&name.to_string_lossy()))
        .collect();
    if options.interpreter.isolated && !environment.iter().any(is_path) {
        environment.retain(|(name, _)| name != "PATH");
        environment.push(("PATH".into(), USUAL_PATH.into()));
    }
    for (name, value) in &options.environment {
        environment.retain(|(known, _)| known != &**name);
        environment.push((name.into(), value.into()));
    }
    for (name, value) in options.trial.iter().flat_map(|trial| &trial.environment) {
        environment.retain(|(known, _)| known != name);
        environment.push((name.into(), value.clone().into()));
    }
    let json = serde_json::to_string(&launch).unwrap_or_default();
    environment.push(("WATERSKIN_LAUNCH".into(), json.into()));
    environment.push(("WATERSKIN_DATA_DIR".into(), options.folders.data.clone().into()));
    environment.push(("TERM".into(), "xterm-256color".into()));
    Command {
        program: PathBuf::from(&options.interpreter.executable),
        arguments,
        environment,
        directory: options.directory.clone().into(),
        size: Size { columns: 120, rows: 40 },
    }
}

/// Where programs are on a system of which the environment does not say it.
const USUAL_PATH: &str = if cfg!(windows) {
    r"C:\Windows\System32;C:\Windows"
} else {
    "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
};

/// Whether it is a `PATH` that names any folder.
fn is_path((name, value): &(OsString, OsString)) -> bool {
    name.eq_ignore_ascii_case("PATH") && !value.is_empty()
}

/// Whether a variable of the shell's environment is handed on: not what the shell has for itself
/// and its web view. A payload's Python keeps nothing that would change it: another Python's
/// variables, an environment manager's, Streamlit's own, and other libraries than those that its
/// packages bring.
fn keeps(name: &str, isolated: bool) -> bool {
    let ours = name.starts_with("WATERSKIN_") || name.starts_with("TAURI_");
    let ours = ours || ["TERM", "WEBKIT_DISABLE_COMPOSITING_MODE"].contains(&name);
    let foreign = [
        "PYTHON",
        "STREAMLIT_",
        "CONDA_",
        "VIRTUAL_ENV",
        "UV_",
        "PIP_",
        "LD_LIBRARY_PATH",
        "DYLD_",
        // Of Tcl and Tk, which Python finds beside itself.
        "TCL_LIBRARY",
        "TK_LIBRARY",
    ];
    let foreign = isolated && foreign.iter().any(|prefix| name.starts_with(prefix));
    !ours && !foreign
}

/// Whether a variable is one that recipients have too: a trial start gets no other of the author's, among
/// which are keys, and ways to programs that have some.
fn is_everyones(name: &str) -> bool {
    const NAMES: [&str; 16] = [
        "PATH",
        "LANG",
        "LANGUAGE",
        "TZ",
        "USER",
        "LOGNAME",
        "SHELL",
        "LD_LIBRARY_PATH",
        "SYSTEMROOT",
        "SYSTEMDRIVE",
        "WINDIR",
        "PATHEXT",
        "COMSPEC",
        "PROGRAMFILES",
        "PROGRAMDATA",
        "NUMBER_OF_PROCESSORS",
    ];
    let name = name.to_uppercase();
    // The way to the desktop's own programs and to its screen.
    let desktop = name == "XDG_RUNTIME_DIR";
    NAMES.contains(&&*name)
        || !desktop && ["LC_", "XDG_", "SSL_"].iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_blind_to_the_users_python() {
        for name in
            ["PYTHONHOME", "PYTHONPATH", "STREAMLIT_SERVER_PORT", "VIRTUAL_ENV", "LD_LIBRARY_PATH"]
        {
            assert!(!keeps(name, true), "{name}");
            assert!(keeps(name, false), "{name}: an author's interpreter is used as it is");
        }
        assert!(["HOME", "LANG", "PATH", "TMPDIR", "http_proxy"].iter().all(|it| keeps(it, true)));
        assert!(!keeps("WATERSKIN_ANYTHING", false));
        assert!(!keeps("WEBKIT_DISABLE_COMPOSITING_MODE", false));
    }

    #[test]
    fn an_empty_path_is_none() {
        assert!(is_path(&("PATH".into(), "/bin".into())));
        assert!(!is_path(&("PATH".into(), "".into())));
    }

    #[test]
    fn a_trial_gets_nothing_that_is_the_authors_alone() {
        for name in [
            "OPENAI_API_KEY",
            "AWS_PROFILE",
            "SSH_AUTH_SOCK",
            "DBUS_SESSION_BUS_ADDRESS",
            "XDG_RUNTIME_DIR",
            "DISPLAY",
            "WAYLAND_DISPLAY",
        ] {
            assert!(!is_everyones(name), "{name}");
        }
        assert!(is_everyones("PATH") && is_everyones("LC_ALL") && is_everyones("XDG_DATA_DIRS"));
    }
}
