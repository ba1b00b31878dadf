//! What the shell's own screens can ask for. One line each into the session.
//!
//! The functions are the only place where a command's name, arguments and answer are written: `build.rs`
//! takes the names from here, and the screens the rest, as `ui/src/gen/commands.ts`.
#![expect(clippy::needless_pass_by_value, reason = "Tauri hands its arguments over by value")]

use serde::Serialize;
use tauri::{
    AppHandle, Manager as _, State, WebviewWindow,
    async_runtime::spawn_blocking,
    ipc::{Channel, InvokeResponseBody, IpcResponse},
};
use tauri_plugin_opener::OpenerExt as _;
use ts_rs::TS;
use waterskin_session::{About, Answers, Complaint, Part, Rejected, SecretsForm, SessionState};

use super::ipc::IpcError;
use crate::{
    context::Context,
    windows::{own, perform, registry::MAIN},
};

/// A stretch of Python's output, as a terminal would get it.
#[derive(Debug, Default, Serialize, TS)]
#[ts(export)]
pub struct LogOutput {
    /// The number of its first byte; larger than what was asked for where older bytes are gone.
    #[ts(type = "number")]
    start: u64,
    /// Where to go on.
    #[ts(type = "number")]
    next: u64,
    /// The bytes, as text.
    text: String,
}

/// What passed the proxy, as the JSON that the session wrote of it.
pub struct Batch(String);

impl IpcResponse for Batch {
    fn body(self) -> tauri::Result<InvokeResponseBody> {
        Ok(InvokeResponseBody::Json(self.0))
    }
}

/// The state now.
#[tauri::command]
pub fn session_state(context: State<'_, Context>) -> SessionState {
    context.host.state()
}

/// Starts Python again; asks the keychain again, where Python waits for it; starts the whole program
/// again, where there is no session to do it in.
#[tauri::command]
pub fn session_restart(app: AppHandle, context: State<'_, Context>) -> SessionState {
    perform::restart(&app);
    context.host.state()
}

/// The report's text, which a screen puts on the clipboard.
#[tauri::command(async)]
pub fn report_copy(context: State<'_, Context>) -> String {
    context.host.report().text().to_owned()
}

/// Saves the report with the logs in the Downloads folder, and returns the file's name.
#[tauri::command(async)]
pub fn report_save(context: State<'_, Context>) -> Result<String, IpcError> {
    let path = context.save_report().map_err(|error| IpcError::desktop(&error))?;
    Ok(path.file_name().unwrap_or_default().to_owned())
}

/// Shows the saved report in the file manager.
#[tauri::command]
pub fn report_reveal(app: AppHandle, context: State<'_, Context>) -> Result<(), IpcError> {
    let path =
        context.saved_report.path().ok_or_else(|| IpcError::desktop(&"no report was saved"))?;
    app.opener().reveal_item_in_dir(path).map_err(|error| IpcError::desktop(&error))
}

/// What the window about the app shows.
#[tauri::command(async)]
pub fn about_info(context: State<'_, Context>) -> About {
    context.host.about()
}

/// Opens the window about the app.
#[tauri::command]
pub async fn about_show(app: AppHandle) -> Result<(), IpcError> {
    own::show_about(&app).map_err(|error| IpcError::desktop(&error))
}

/// The licence's text of the part with this number in what [`about_info`] gave.
#[tauri::command(async)]
pub fn about_text(context: State<'_, Context>, part: usize) -> String {
    context.host.about().parts.get(part).map(Part::text).unwrap_or_default()
}

/// Sends what passes the proxy from now on, until the window is closed. Each batch is to be answered by
/// [`inspector_took`]: those that are on their way are few.
#[tauri::command]
pub fn inspector_follow(
    context: State<'_, Context>,
    batches: Channel<Batch>,
) -> Result<(), IpcError> {
    let session = context.host.session().ok_or_else(IpcError::no_session)?;
    let send = move |batch| batches.send(Batch(batch)).is_ok();
    context.inspector.begin(session.inspect(), send);
    Ok(())
}

/// A batch came, and there is room for one more.
#[tauri::command]
pub fn inspector_took(context: State<'_, Context>) {
    context.inspector.took();
}

/// Saves what was seen in the Downloads folder, as a trace and as a HAR, and returns their names.
#[tauri::command(async)]
pub fn inspector_save(context: State<'_, Context>) -> Result<Vec<String>, IpcError> {
    let saved = context.save_traffic().map_err(|error| IpcError::desktop(&error))?;
    let names = [saved.trace, saved.har];
    Ok(names.iter().map(|path| path.file_name().unwrap_or_default().to_owned()).collect())
}

/// Shows what was saved in the file manager.
#[tauri::command]
pub fn inspector_reveal(app: AppHandle, context: State<'_, Context>) -> Result<(), IpcError> {
    let path = context.inspector.saved();
    let path = path.ok_or_else(|| IpcError::desktop(&"nothing was saved"))?;
    app.opener().reveal_item_in_dir(path).map_err(|error| IpcError::desktop(&error))
}

/// Opens the inspector.
#[tauri::command]
pub async fn inspector_show(app: AppHandle) -> Result<(), IpcError> {
    own::show_inspector(&app).map_err(|error| IpcError::desktop(&error))
}

/// Opens the log's window.
#[tauri::command]
pub async fn log_show(app: AppHandle) -> Result<(), IpcError> {
    own::show_log(&app).map_err(|error| IpcError::desktop(&error))
}

/// Python's output from byte `from` on.
#[tauri::command]
pub fn log_output(context: State<'_, Context>, from: u64) -> LogOutput {
    let Some(session) = context.host.session() else { return LogOutput::default() };
    let output = session.log().output_from(from);
    LogOutput { start: output.start, next: output.end, text: output.text }
}

/// Shows the log's folder in the file manager.
#[tauri::command]
pub fn log_folder(app: AppHandle, context: State<'_, Context>) -> Result<(), IpcError> {
    let session = context.host.session().ok_or_else(IpcError::no_session)?;
    let folder = session.log_folder().as_str();
    app.opener().open_path(folder, None::<&str>).map_err(|error| IpcError::desktop(&error))
}

/// What the form for the app's secrets asks; `once` is one whose answers are kept nowhere.
#[tauri::command]
pub async fn secrets_form(
    context: State<'_, Context>,
    once: bool,
) -> Result<SecretsForm, IpcError> {
    let vault = context.vault.clone();
    if once {
        return Ok(vault.form_once());
    }
    let form = spawn_blocking(move || vault.form()).await;
    form.map_err(|error| IpcError::desktop(&error))?.map_err(|error| IpcError::vault(&error))
}

/// Keeps what was filled in, and begins with it: the app that waits for it, or else the program
/// anew; or returns what can't be taken.
#[tauri::command]
pub async fn secrets_save(
    window: WebviewWindow,
    context: State<'_, Context>,
    answers: Answers,
) -> Result<Vec<Complaint>, IpcError> {
    let vault = context.vault.clone();
    let saved = spawn_blocking(move || vault.save(&answers)).await;
    match saved.map_err(|error| IpcError::desktop(&error))? {
        Ok(values) => {
            // From there the window goes on to the app by itself; another one would stay.
            let waiting = context.host.session().filter(|_| window.label() == MAIN);
            if !waiting.is_some_and(|session| session.begin(values, true)) {
                window.app_handle().request_restart();
            }
            Ok(Vec::new())
        }
        Err(Rejected::Complaints(complaints)) => Ok(complaints),
        Err(Rejected::Unkept(error)) => Err(IpcError::vault(&error)),
    }
}

/// Begins with what was filled in, without keeping it; or returns what can't be taken.
#[tauri::command]
pub async fn secrets_use(
    context: State<'_, Context>,
    answers: Answers,
) -> Result<Vec<Complaint>, IpcError> {
    let session = context.host.session().ok_or_else(IpcError::no_session)?;
    match context.vault.once(&answers) {
        Ok(values) => {
            session.begin(values, false);
            Ok(Vec::new())
        }
        Err(complaints) => Ok(complaints),
    }
}

/// Ends the program.
#[tauri::command]
pub fn app_quit(app: AppHandle) {
    app.exit(0);
}

#[cfg(test)]
#[path = "commands_tests.rs"]
mod tests;
