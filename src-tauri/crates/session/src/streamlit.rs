//! What is particular to Streamlit on the wire. Checked against 1.40.2 and 1.67.0.

use camino::Utf8Path;
use waterskin_proxy::{Cache, Direction, StaticFiles};

/// The readiness route. Anything but a body of exactly `ok` is not ready: the page's own fallback
/// answers unknown routes with 200 as well.
pub const HEALTH: &str = "/_stcore/health";

/// The route that is switched to WebSocket.
pub const STREAM: &str = "/_stcore/stream";

/// The subprotocol that the server must echo. Chromium fails the socket without it; WebKitGTK
/// does not, so it has to be looked at here.
pub const SUBPROTOCOL: &str = "streamlit";

/// Whether Streamlit itself reads this cookie in a WebSocket handshake. All others stay behind when
/// they are too long together, since Python's WebSocket library hangs without a word on header
/// lines over 8 KB (websockets 17.4, `MAX_LINE_LENGTH`).
pub fn is_own_cookie(name: &str) -> bool {
    name.starts_with("_streamlit")
}

/// The routes that Streamlit answers with files of its `static` folder, whatever Python does, and
/// how long a browser may keep them (`streamlit/web/server/starlette`, 1.67.0). `edition` tells
/// one payload's files from another's.
pub fn static_files(folder: &Utf8Path, edition: &str) -> StaticFiles {
    StaticFiles::new(folder.as_std_path())
        .edition(edition)
        .file("/", "index.html", Cache::Revalidate)
        .file("/index.html", "index.html", Cache::Revalidate)
        .file("/manifest.json", "manifest.json", Cache::Revalidate)
        .file("/favicon.png", "favicon.png", Cache::Immutable)
        .tree("/static/", "static", Cache::Immutable)
}

/// The messages from Python that a session acts on: the numbers of `ForwardMsg`'s oneof, the same
/// from 1.40.2 to 1.67.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// The first message of a run.
    NewSession,
    /// Something to draw.
    Delta,
    /// The script came to its end.
    ScriptFinished,
    /// Anything else.
    Other,
}

/// What a `ForwardMsg` is, from the first bytes of its protobuf form. `None` where the bytes end
/// before that, or are no protobuf.
pub fn message(bytes: &[u8]) -> Option<Message> {
    Some(match kind(bytes, Direction::ToWindow)? {
        4 => Message::NewSession,
        5 => Message::Delta,
        6 => Message::ScriptFinished,
        _ => Message::Other,
    })
}

/// The name of what a message is: the field that is set of the oneof of `ForwardMsg` (to the
/// window) or `BackMsg` (to the app), as in `streamlit/proto/*_pb2.py` of 1.40.2 and 1.67.0. `None` as for
/// [`message`].
pub fn name(bytes: &[u8], direction: Direction) -> Option<&'static str> {
    let kind = kind(bytes, direction)?;
    let names: &[(u64, &str)] = match direction {
        Direction::ToWindow => &[
            (4, "new_session"),
            (5, "delta"),
            (6, "script_finished"),
            (9, "session_status_changed"),
            (10, "session_event"),
            (11, "ref_hash"),
            (12, "page_info_changed"),
            (13, "page_config_changed"),
            (14, "git_info_changed"),
            (15, "page_not_found"),
            (16, "pages_changed"),
            (18, "page_profile"),
            (19, "file_urls_response"),
            (20, "parent_message"),
            (21, "auto_rerun"),
            (22, "logo"),
            (23, "navigation"),
            (24, "auth_redirect"),
            (26, "heartbeat_ack"),
            (27, "backend_operation_response"),
            (28, "stop_auto_rerun"),
        ],
        Direction::ToApp => &[
            (5, "clear_cache"),
            (6, "set_run_on_save"),
            (7, "stop_script"),
            (11, "rerun_script"),
            (12, "load_git_info"),
            (14, "debug_disconnect_websocket"),
            (15, "debug_shutdown_runtime"),
            (16, "file_urls_request"),
            (17, "app_heartbeat"),
            (19, "backend_operation_request"),
        ],
    };
    Some(names.iter().find(|(number, _)| *number == kind).map_or("other", |(_, name)| *name))
}

/// The number of the oneof's field: the first one beside those that any message may have, `hash`
/// (1) and `metadata` (2) of `ForwardMsg` and the debugging ids (17; 13 of `BackMsg`).
fn kind(bytes: &[u8], direction: Direction) -> Option<u64> {
    let mut rest = bytes;
    loop {
        let key = varint(&mut rest)?;
        match (direction, key >> 3) {
            (Direction::ToWindow, 1 | 2 | 17) | (Direction::ToApp, 13) => skip(&mut rest, key & 7)?,
            (_, number) => return Some(number),
        }
    }
}

/// Reads a base-128 varint (Protocol Buffers encoding) and moves past it.
pub fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn skip(bytes: &mut &[u8], wire_type: u64) -> Option<()> {
    let length = match wire_type {
        0 => return varint(bytes).map(drop),
        1 => 8,
        2 => usize::try_from(varint(bytes)?).ok()?,
        5 => 4,
        _ => return None,
    };
    *bytes = bytes.get(length..)?;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        // hash = "ab", then script_finished = 0 (field 6, varint).
        assert_eq!(message(b"\x0a\x02ab\x30\x00"), Some(Message::ScriptFinished));
        // metadata = {} and a delta (field 5, length-delimited).
        assert_eq!(message(b"\x12\x00\x2a\x05....."), Some(Message::Delta));
        assert_eq!(message(b"\x22\x01."), Some(Message::NewSession));
        assert_eq!(message(b"\xd2\x01\x00"), Some(Message::Other));
    }

    #[test]
    fn names() {
        assert_eq!(name(b"\x0a\x02ab\x30\x00", Direction::ToWindow), Some("script_finished"));
        assert_eq!(name(b"\x5a\x04....", Direction::ToApp), Some("rerun_script"));
        assert_eq!(name(b"\x6a\x01a\x5a\x00", Direction::ToApp), Some("rerun_script"));
        assert_eq!(name(b"\xd2\x3e\x00", Direction::ToWindow), Some("other"));
        assert_eq!(name(b"\x12\x7f.", Direction::ToWindow), None, "cut off");
    }

    #[test]
    fn hostile_bytes_are_no_message() {
        for bytes in
            [&b""[..], b"\x0a", b"\x0a\x7f", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"]
        {
            assert_eq!(message(bytes), None, "{bytes:?}");
        }
    }
}
