//! What comes with the command: completions for shells, and its manual page.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::CommandFactory as _;

use crate::args::{Args, CompletionsArgs};
use crate::render::Failure;

/// Prints what a shell needs to complete the command's words.
pub fn completions(args: &CompletionsArgs) -> Result<ExitCode, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "waterskin", &mut text);
    print(&text)
}

/// Prints the manual page.
pub fn manual() -> Result<ExitCode, Failure> {
    let mut text = Vec::new();
    manual_of(&mut text).map_err(|error| Failure::new(error, None))?;
    print(&text)
}

/// One page for all: what each subcommand takes stands below it.
fn manual_of(text: &mut Vec<u8>) -> io::Result<()> {
    let command = Args::command();
    clap_mangen::Man::new(command.clone()).render(text)?;
    for part in command.get_subcommands().filter(|part| !part.is_hide_set()) {
        writeln!(text, ".SH \"WATERSKIN {}\"", part.get_name().to_uppercase())?;
        let man = clap_mangen::Man::new(part.clone());
        man.render_description_section(text)?;
        man.render_options_section(text)?;
    }
    Ok(())
}

fn print(text: &[u8]) -> Result<ExitCode, Failure> {
    match io::stdout().lock().write_all(text) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        // Whoever read it has enough of it.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(Failure::new(error, Some("give it somewhere to write".to_owned()))),
    }
}
