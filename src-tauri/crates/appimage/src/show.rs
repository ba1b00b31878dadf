use std::env;

use waterskin_process::{Tool, find};

/// Tells a person why the app called `title` does not open: on the terminal, and in a window where
/// there is something that shows one.
pub(crate) fn failure(title: &str, lines: &str) {
    eprintln!("error: {lines}");
    let display = ["WAYLAND_DISPLAY", "DISPLAY"];
    if display.iter().all(|name| env::var_os(name).is_none_or(|value| value.is_empty())) {
        return;
    }
    // The first that is there and works. It ends when the person has closed it.
    for (program, arguments) in ways(title, lines) {
        if let Some(program) = find(program)
            && Tool::new(program).args(arguments).run(&mut |_, _| {}).is_ok()
        {
            return;
        }
    }
}

/// Programs of the system's that show a text, and what they are given.
fn ways(title: &str, text: &str) -> [(&'static str, Vec<String>); 4] {
    let all = |arguments: &[&str]| arguments.iter().map(ToString::to_string).collect();
    let (titled, text_given) = (format!("--title={title}"), format!("--text={text}"));
    [
        ("zenity", all(&["--error", "--no-markup", "--width=520", &titled, &text_given])),
        ("kdialog", all(&["--title", title, "--error", text])),
        ("xmessage", all(&["-center", "-title", title, text])),
        ("notify-send", all(&["--urgency=critical", "--", title, text])),
    ]
}
