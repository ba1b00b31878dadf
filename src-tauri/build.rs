//! Lets Tauri prepare capabilities and the embedded screens.

use std::path::Path;

/// What of `ui/` is compiled into the shell; the rest of the folder comes with it.
const SCREENS: [&str; 4] = [
    "../ui/dist/index.html",
    "../ui/dist/inspector.html",
    "../ui/dist/overlay.js",
    "../ui/dist/inpage.js",
];

/// What the screens can ask for.
const COMMANDS: &str = include_str!("src/app/commands.rs");

/// Has the program take GTK and WebKitGTK from where the system has them, whatever `LD_LIBRARY_PATH`
/// says: libraries of another program there would keep it from starting at all, without a word to the
/// person. Of the two kinds of paths in a program only the older one goes before that variable, and only
/// it counts for what libraries need in turn (ld.so(8)).
fn take_the_systems_libraries() {
    let of_target = |name: &str| std::env::var(format!("CARGO_CFG_TARGET_{name}"));
    let (Ok(system), Ok(processor)) = (of_target("OS"), of_target("ARCH")) else { return };
    if system == "linux" {
        let triple = format!("{processor}-linux-gnu");
        let folders = format!("/lib/{triple}:/usr/lib/{triple}:/lib64:/usr/lib64:/lib:/usr/lib");
        println!("cargo::rustc-link-arg-bins=-Wl,--disable-new-dtags,-rpath,{folders}");
    }
}

/// The functions under `#[tauri::command]`. A test compares what is found here with what a parser finds.
fn commands(source: &'static str) -> Vec<&'static str> {
    let attributed = source.split("#[tauri::command").skip(1);
    let names = attributed.filter_map(|it| it.split_once("fn ")?.1.split_once('('));
    names.map(|(name, _)| name).collect()
}

fn main() {
    for file in SCREENS {
        println!("cargo::rerun-if-changed={file}");
    }
    if !SCREENS.iter().all(|file| Path::new(file).is_file()) {
        println!("cargo::error=the shell's screens are not built yet: run `scripts/build --ui`");
        return;
    }
    // Commands that are named here need a permission, which only the shell's own screens have.
    let commands = commands(COMMANDS);
    println!("cargo::rustc-env=WATERSKIN_COMMANDS={}", commands.join(" "));
    let commands = tauri_build::AppManifest::new().commands(commands.leak());
    let attributes = tauri_build::Attributes::new().app_manifest(commands);
    take_the_systems_libraries();
    #[expect(clippy::expect_used, reason = "a build script has no other way to fail")]
    tauri_build::try_build(attributes).expect("the capabilities or the configuration are wrong");
}
