//! Tk, for apps that open a dialog for folders or draw with `turtle`: the library that a standard
//! Python's `tkinter` stands on, and the scripts that this one reads.

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_process::Tool;

use super::{
    RuntimeError,
    copy::{self, Links},
};

/// Prints the folder of Tcl's scripts. Tk's is beside it, and needs a display to say so.
const QUESTION: &str = "import tkinter; print(tkinter.Tcl().eval('info library'))";

/// Copies the scripts to `libraries`, where Tcl looks for them from a program in `bin` beside it
/// (Tcl's documentation, "library"). Nothing where `python` has no Tk.
pub(super) fn bring(python: &Utf8Path, libraries: &Utf8Path) -> Result<(), RuntimeError> {
    let Some(tcl) = ask(Tool::new(python.as_std_path())) else { return Ok(()) };
    let tk = tcl.file_name().map(|name| tcl.with_file_name(name.replacen("tcl", "tk", 1)));
    for folder in [Some(tcl), tk].into_iter().flatten() {
        // Debian's folders are links into another one.
        if let Some(name) = folder.file_name().filter(|_| folder.is_dir()) {
            let demonstrations = |path: &Utf8Path| path.starts_with("demos");
            copy::tree(&folder, &libraries.join(name), Links::Follow, &demonstrations)?;
        }
    }
    Ok(())
}

/// Whether an interpreter has Tk and its scripts.
pub(crate) fn is_there(python: &Utf8Path) -> bool {
    ask(Tool::new(python.as_std_path()).env_clear()).is_some()
}

fn ask(tool: Tool) -> Option<Utf8PathBuf> {
    let answer = tool.args(["-I", "-B", "-c", QUESTION]).run(&mut |_, _| {}).ok()?.stdout;
    let folder = Utf8PathBuf::from(answer.trim());
    folder.is_absolute().then_some(folder)
}
