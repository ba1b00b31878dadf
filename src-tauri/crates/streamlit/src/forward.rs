use crate::wire;

/// What a `ForwardMsg`, a message to the page, is: the field that is set of its oneof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forward {
    /// The first message of a run.
    NewSession,
    /// Something to draw.
    Delta,
    /// The script came to its end.
    ScriptFinished,
    /// Anything else.
    Other,
}

/// How a run ended (`ScriptFinishedStatus`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// At the script's end, or by an exception, which the page shows.
    Finished,
    /// The script is no valid Python.
    NotCompiled,
    /// Another run follows at once.
    Rerun,
    /// That of a fragment, at its end.
    Fragment,
    /// One that a later version knows.
    Other(u64),
}

/// A page of an app, as its navigation has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What Streamlit knows it by.
    pub hash: String,
    /// What people see.
    pub name: String,
}

const NEW_SESSION: u64 = 4;
const DELTA: u64 = 5;
const SCRIPT_FINISHED: u64 = 6;
const SESSION_EVENT: u64 = 10;
const NAVIGATION: u64 = 23;

/// The fields of the oneof, from 1.40.2 to 1.67.0.
const NAMES: &[(u64, &str)] = &[
    (NEW_SESSION, "new_session"),
    (DELTA, "delta"),
    (SCRIPT_FINISHED, "script_finished"),
    (9, "session_status_changed"),
    (SESSION_EVENT, "session_event"),
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
    (NAVIGATION, "navigation"),
    (24, "auth_redirect"),
    (26, "heartbeat_ack"),
    (27, "backend_operation_response"),
    (28, "stop_auto_rerun"),
];

/// What any message may have before its kind: `hash`, `metadata` and the debugging id.
const BESIDE: &[u64] = &[1, 2, 17];

impl Forward {
    /// What a message is, from its first bytes. `None` where they end before that, or are no message.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        Some(match wire::first_beside(bytes, BESIDE)? {
            NEW_SESSION => Self::NewSession,
            DELTA => Self::Delta,
            SCRIPT_FINISHED => Self::ScriptFinished,
            _ => Self::Other,
        })
    }

    /// The name of what a message is, as Streamlit has it; `other` where a later version knows it.
    /// `None` as for [`Forward::of`].
    pub fn name(bytes: &[u8]) -> Option<&'static str> {
        wire::first_beside(bytes, BESIDE).map(|number| wire::name(NAMES, number))
    }
}

/// How the run ended that a message of the kind [`Forward::ScriptFinished`] tells of.
pub fn status(message: &[u8]) -> Status {
    match wire::number(message, SCRIPT_FINISHED) {
        0 => Status::Finished,
        1 => Status::NotCompiled,
        2 => Status::Rerun,
        3 => Status::Fragment,
        other => Status::Other(other),
    }
}

/// What a message says about itself: for an element, its place in the page.
pub fn metadata(message: &[u8]) -> &[u8] {
    wire::messages(message, 2).last().unwrap_or_default()
}

/// What Streamlit says of a script that is no valid Python, where the message does.
pub fn compile_error(message: &[u8]) -> Option<String> {
    // `SessionEvent.script_compilation_exception`, `Exception.message`.
    let mut events = wire::messages(message, SESSION_EVENT);
    events.find_map(|event| wire::messages(event, 3).last().map(|error| wire::text(error, 2)))
}

/// The session's id, where the message tells it.
pub fn session_id(message: &[u8]) -> Option<String> {
    // `NewSession.initialize`, `Initialize.session_id`.
    let mut sessions = wire::messages(message, NEW_SESSION);
    let initialize = sessions.find_map(|session| wire::messages(session, 1).last())?;
    Some(wire::text(initialize, 6)).filter(|id| !id.is_empty())
}

/// The app's own pages that a message tells of, and the hash of the one that is open, where it does:
/// `new_session` has those of the folder `pages`, `navigation` those of `st.navigation`.
pub fn pages(message: &[u8]) -> (Vec<Page>, Option<String>) {
    let (mut pages, mut open) = (Vec::new(), None);
    for (kind, all, current) in [(NEW_SESSION, 8, 9), (NAVIGATION, 2, 4)] {
        for told in wire::messages(message, kind) {
            open = Some(wire::text(told, current)).filter(|hash| !hash.is_empty()).or(open);
            // `AppPage.external_url` = 8: another site, which is not of the app.
            let own = wire::messages(told, all).filter(|page| wire::text(page, 8).is_empty());
            let own = own.map(|page| Page { hash: wire::text(page, 1), name: wire::text(page, 2) });
            pages.extend(own.filter(|page| !page.hash.is_empty()));
        }
    }
    (pages, open)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(tags: &[u64], value: &[u8]) -> Vec<u8> {
        tags.iter().rev().fold(value.to_vec(), |inner, tag| {
            let mut outer = Vec::new();
            wire::put(&mut outer, *tag, &inner);
            outer
        })
    }

    #[test]
    fn kinds() {
        // hash = "ab", then script_finished = 0 (field 6, varint).
        assert_eq!(Forward::of(b"\x0a\x02ab\x30\x00"), Some(Forward::ScriptFinished));
        assert_eq!(Forward::name(b"\x0a\x02ab\x30\x00"), Some("script_finished"));
        // metadata = {} and a delta (field 5, length-delimited), of which the end is not there.
        assert_eq!(Forward::of(b"\x12\x00\x2a\x05....."), Some(Forward::Delta));
        assert_eq!(Forward::of(b"\x22\x01."), Some(Forward::NewSession));
        assert_eq!(Forward::of(b"\xd2\x01\x00"), Some(Forward::Other));
        assert_eq!(Forward::name(b"\xd2\x3e\x00"), Some("other"));
        assert_eq!(Forward::name(b"\x12\x7f."), None, "cut off");
    }

    #[test]
    fn hostile_bytes_are_no_message() {
        for bytes in
            [&b""[..], b"\x0a", b"\x0a\x7f", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"]
        {
            assert_eq!(Forward::of(bytes), None, "{bytes:?}");
            assert_eq!((session_id(bytes), compile_error(bytes)), (None, None), "{bytes:?}");
            assert_eq!(pages(bytes), (vec![], None), "{bytes:?}");
        }
    }

    #[test]
    fn what_messages_tell() {
        assert_eq!(status(b"\x0a\x02ab\x30\x02"), Status::Rerun);
        assert_eq!(status(b"\x30\x07"), Status::Other(7));
        assert_eq!(session_id(&nested(&[4, 1, 6], b"x-1")).as_deref(), Some("x-1"));
        let error = nested(&[10, 3, 2], "é is not".as_bytes());
        assert_eq!(compile_error(&error).as_deref(), Some("é is not"));

        let mut navigation = nested(&[4], b"b");
        for (hash, name, url) in [("a", "One", ""), ("b", "Zwei ü", ""), ("c", "", "http://x")] {
            let mut page = nested(&[1], hash.as_bytes());
            wire::put(&mut page, 2, name.as_bytes());
            wire::put(&mut page, 8, url.as_bytes());
            wire::put(&mut navigation, 2, &page);
        }
        let (pages, open) = pages(&nested(&[23], &navigation));
        let pages: Vec<_> = pages.iter().map(|it| (it.hash.as_str(), it.name.as_str())).collect();
        assert_eq!(pages, [("a", "One"), ("b", "Zwei ü")]);
        assert_eq!(open.as_deref(), Some("b"));
    }
}
