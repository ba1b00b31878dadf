use crate::{context::Context, snapshot};

#[test]
fn the_command() {
    let context = Context::new();
    snapshot!(context.filters(), context.command(["--help"]).finish(), @r#"
    exit code: 0
    ----- stdout -----
    Package a Streamlit app so that colleagues open it with a double click

    Usage: waterskin <COMMAND>

    Commands:
      build        Make an installer from a project
      export       Write what an engine for containers makes an image of, for a server
      run          Run a project in a window, on your own Python, with reload on save
      try          Open a finished installer as a colleague would, and say what came of it
      doctor       Say what stops an app on its way from a host, or what this machine lacks
      verify       Check that the files of a packaged app are as they were built
      cache        Show what is kept between builds, or remove it
      self-check   Say what Waterskin itself lacks on this machine
      completions  Print what a shell needs to complete this command's words
      man          Print this command's manual page, for man(1)
      help         Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help
      -V, --version  Print version
    ----- stderr -----
    "#);
}

#[test]
fn build() {
    let context = Context::new();
    snapshot!(context.filters(), context.command(["build", "--help"]).finish(), @r#"
    exit code: 0
    ----- stdout -----
    Make an installer from a project

    Usage: waterskin build [OPTIONS] [PATH]

    Arguments:
      [PATH]
              The project's folder, or the script that Streamlit runs

              [default: .]

    Options:
          --entry <SCRIPT>
              The script, relative to the project's folder, where several may be it

      -o, --output <DIR>
              Folder for the finished files

              [default: dist]

          --dry-run
              Print the plan and stop

          --no-run
              Stop where a program in the project's folder would be run, and don't start the app

          --no-try
              Don't start the app at the end, to see whether its pages open

      -y, --yes
              Take guessed requirements without asking

          --json
              Print one JSON object to standard output instead of text

          --explain-size
              Print where every megabyte of the installed app goes

          --report <FILE.html>
              Draw the same into a web page

      -f, --format <FORMAT>
              What to make; give it more than once for several [default: those in the plan]

              Possible values:
              - deb:      A Debian package
              - AppImage: One file that is opened as it is, on any distribution
              - rpm:      A package for Fedora, openSUSE and their kin
              - exe:      A set-up for Windows that needs no administrator
              - msi:      A package for Windows Installer, for everybody on a machine
              - dmg:      A disk image with the app for macOS
              - zip:      A .zip of the app, for Windows and macOS
              - tar.gz:   An archive that runs wherever it is unpacked

          --target <TARGET>
              The system that the app is for; give it more than once for several [default: this one]

              [possible values: linux-[ARCHITECTURE], linux-[ARCHITECTURE], windows-x86_64, macos-arm64, macos-x86_64,
              all]

          --compression <METHOD>
              How packages are compressed

              Possible values:
              - zstd:     The quickest, also when it is installed
              - smallest: A tenth smaller, and a minute or more the first time
              - gzip:     The largest; for programs that don't read Zstandard

              [default: zstd]

          --name <NAME>
              The app's name, instead of the project's own

          --app-version <VERSION>
              The app's version

          --id <ID>
              The app's reverse-DNS id, such as org.example.sales

          --icon <FILE>
              The app's icon, a square PNG or SVG

          --python <FILE>
              Interpreter to pack, instead of a managed one

          --python-version <VERSION>
              Version of Python to pack, such as 3.12

          --shell <FILE>
              Prebuilt shell [default: waterskin-shell beside this program, or its wheel]

          --appimage-runtime <FILE>
              Program that AppImages begin with [default: waterskin-appimage beside this program]

          --find-links <PLACE>
              Folder or page that has the wheels of the shell for other systems

          --uv <FILE>
              The program uv [default: beside this program, then on PATH]

          --keep-payload <DIR>
              Also leave the payload in this folder

          --cache-dir <DIR>
              Folder for what is kept between builds [default: the user's cache folder]

          --cache-size <GB>
              How much is kept between builds at most, in GB

              [default: 10]

          --follow-links
              Take the files along that links in the project lead to outside of it

          --offline
              Use nothing but the caches

      -h, --help
              Print help (see a summary with '-h')
    ----- stderr -----
    "#);
}

#[test]
fn run() {
    let context = Context::new();
    snapshot!(context.filters(), context.command(["run", "--help"]).finish(), @r#"
    exit code: 0
    ----- stdout -----
    Run a project in a window, on your own Python, with reload on save

    Usage: waterskin run [OPTIONS] [PATH] [-- <ARGUMENTS>...]

    Arguments:
      [PATH]          The project's folder, or the script that Streamlit runs [default: .]
      [ARGUMENTS]...  Arguments of the script

    Options:
          --entry <SCRIPT>  The script, relative to the project's folder, where several may be it
          --python <FILE>   Interpreter to run it on [default: $VIRTUAL_ENV, the project's .venv,
                            python3]
          --port <PORT>     Port of the page; 0 for any free one [default: 8501]
          --no-window       Serve without a window and print the address to open
          --json            Print events as JSON lines (with --no-window)
          --trace <FILE>    Record what passes between page and Python in this file, as JSON lines
          --shell <FILE>    Prebuilt shell [default: waterskin-shell beside this program]
      -h, --help            Print help
    ----- stderr -----
    "#);
}

#[test]
fn verify() {
    let context = Context::new();
    snapshot!(context.filters(), context.command(["verify", "--help"]).finish(), @r#"
    exit code: 0
    ----- stdout -----
    Check that the files of a packaged app are as they were built

    Usage: waterskin verify <PAYLOAD>

    Arguments:
      <PAYLOAD>  The payload's folder, such as /usr/lib/PACKAGE/payload

    Options:
      -h, --help  Print help
    ----- stderr -----
    "#);
}

#[test]
fn nothing_asked_for() {
    let context = Context::new();
    let finished = context.command([]).finish();
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(2), ""));
    let help = context.command(["--help"]).finish();
    assert_eq!(finished.stderr, help.stdout);
}

#[test]
fn a_word_that_is_no_command() {
    let context = Context::new();
    snapshot!(context.filters(), context.command(["biuld"]).finish(), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: unrecognized subcommand 'biuld'

      tip: a similar subcommand exists: 'build'

    Usage: waterskin <COMMAND>

    For more information, try '--help'.
    "#);
}

#[test]
fn an_option_that_does_not_exist() {
    let context = Context::new();
    snapshot!(context.filters(), context.build("p", ["--dryrun"]).finish(), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: unexpected argument '--dryrun' found

      tip: a similar argument exists: '--dry-run'

    Usage: waterskin build --output <DIR> --dry-run <PATH>

    For more information, try '--help'.
    "#);
    context.nothing_is_made();
}
