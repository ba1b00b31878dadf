//! Lets Tauri prepare capabilities and the embedded screens.

fn main() {
    // Commands that are named here need a permission, which only the shell's own screens have.
    let commands = tauri_build::AppManifest::new().commands(&[
        "about_info",
        "about_show",
        "about_text",
        "app_quit",
        "log_folder",
        "log_output",
        "log_show",
        "report_copy",
        "report_reveal",
        "report_save",
        "secrets_form",
        "secrets_save",
        "secrets_use",
        "session_restart",
        "session_state",
    ]);
    let attributes = tauri_build::Attributes::new().app_manifest(commands);
    #[expect(clippy::expect_used, reason = "a build script has no other way to fail")]
    tauri_build::try_build(attributes).expect("the capabilities or the configuration are wrong");
}
