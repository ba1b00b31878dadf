/// What the program runs on, a line each: for the report and for the window about the app. On Linux
/// this asks other programs, which takes tens of milliseconds: nothing for a start.
pub fn versions() -> Vec<String> {
    let mut lines = Vec::new();
    if let Ok(version) = tauri::webview_version() {
        let name = if cfg!(windows) {
            "WebView2"
        } else if cfg!(target_os = "macos") {
            "WebKit"
        } else {
            "WebKitGTK"
        };
        lines.push(format!("{name} {version}"));
    }
    lines.push(os_info::get().to_string());
    lines
}
