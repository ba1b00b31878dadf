//! Lets Tauri prepare capabilities and the embedded screens.
fn main() {
    tauri_build::build();
}
