use crate::wire;

/// What a `BackMsg`, a message from the page to the app, asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back<'a> {
    /// A run of the script.
    Rerun {
        /// The hash of the page; empty for the one that is open, or the first.
        page: &'a str,
        /// The widgets whose state the page knows, by their ids.
        widgets: &'a [(&'a str, &'a Widget)],
    },
    /// The end of the run.
    Stop,
}

/// A widget's state, as the page sends it: the encoded fields of `WidgetState` without its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Widget(Vec<u8>);

const STOP_SCRIPT: u64 = 7;
const RERUN_SCRIPT: u64 = 11;

/// The fields of the oneof, from 1.40.2 to 1.67.0.
const NAMES: &[(u64, &str)] = &[
    (5, "clear_cache"),
    (6, "set_run_on_save"),
    (STOP_SCRIPT, "stop_script"),
    (RERUN_SCRIPT, "rerun_script"),
    (12, "load_git_info"),
    (14, "debug_disconnect_websocket"),
    (15, "debug_shutdown_runtime"),
    (16, "file_urls_request"),
    (17, "app_heartbeat"),
    (19, "backend_operation_request"),
];

/// What any message may have before its kind: the debugging id.
const BESIDE: &[u64] = &[13];

impl Back<'_> {
    /// The message's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut message = Vec::new();
        match *self {
            Self::Stop => wire::put_number(&mut message, STOP_SCRIPT, 1),
            Self::Rerun { page, widgets } => {
                let mut states = Vec::new();
                for (id, Widget(fields)) in widgets {
                    let mut state = Vec::new();
                    wire::put(&mut state, 1, id.as_bytes());
                    state.extend_from_slice(fields);
                    wire::put(&mut states, 1, &state);
                }
                // `ClientState.widget_states`, `ClientState.page_script_hash`.
                let mut client = Vec::new();
                wire::put(&mut client, 2, &states);
                if !page.is_empty() {
                    wire::put(&mut client, 3, page.as_bytes());
                }
                wire::put(&mut message, RERUN_SCRIPT, &client);
            }
        }
        message
    }

    /// The name of what a message is, from its first bytes, as Streamlit has it; `other` where a later
    /// version knows it. `None` where the bytes end before that, or are no message.
    pub fn name(bytes: &[u8]) -> Option<&'static str> {
        wire::first_beside(bytes, BESIDE).map(|number| wire::name(NAMES, number))
    }
}

impl Widget {
    /// A slider at `value`.
    pub fn slider(value: f64) -> Self {
        // `WidgetState.double_array_value`, `DoubleArray.data`, packed.
        let mut array = Vec::new();
        wire::put(&mut array, 1, &value.to_le_bytes());
        let mut fields = Vec::new();
        wire::put(&mut fields, 7, &array);
        Self(fields)
    }

    /// A field with `text`.
    pub fn text(text: &str) -> Self {
        let mut fields = Vec::new();
        wire::put(&mut fields, 6, text.as_bytes());
        Self(fields)
    }

    /// A button that is pressed, for one run.
    pub fn pressed() -> Self {
        let mut fields = Vec::new();
        wire::put_number(&mut fields, 2, 1);
        Self(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(Back::name(b"\x5a\x04...."), Some("rerun_script"));
        assert_eq!(Back::name(b"\x6a\x01a\x5a\x00"), Some("rerun_script"));
        assert_eq!(Back::name(&Back::Stop.encode()), Some("stop_script"));
        assert_eq!(Back::name(b"\x6a\x7f."), None, "cut off");
    }

    #[test]
    fn a_run_is_asked_for() {
        let pressed = Widget::pressed();
        let asked = Back::Rerun { page: "é", widgets: &[("id", &pressed)] }.encode();
        let client = wire::messages(&asked, RERUN_SCRIPT).last().unwrap();
        assert_eq!(wire::text(client, 3), "é");
        let states = wire::messages(client, 2).last().unwrap();
        let state = wire::messages(states, 1).last().unwrap();
        assert_eq!((wire::text(state, 1).as_str(), wire::number(state, 2)), ("id", 1));
    }
}
