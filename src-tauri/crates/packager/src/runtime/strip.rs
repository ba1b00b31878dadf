use camino::Utf8PathBuf;
use waterskin_process::{Tool, find};

use crate::Progress;

/// Removes symbols that only a debugger reads, which are two thirds of some libraries. An author
/// without the program `strip` gets a larger payload and nothing else.
pub(super) fn strip(files: &[Utf8PathBuf], progress: &dyn Progress) {
    let Some(program) = find("strip") else {
        progress.note("the program `strip` is not here, so the libraries keep their symbols");
        return;
    };
    // Few enough at a time for any system's limit on arguments.
    for some in files.chunks(64) {
        let mut tool = Tool::new(&program).arg("--strip-unneeded").arg("--");
        for file in some {
            tool = tool.arg(file.as_str());
        }
        if let Err(error) = tool.run(&mut |_, _| {}) {
            progress.note(&format!("some libraries keep their symbols: {error}"));
        }
    }
}
