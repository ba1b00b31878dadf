//! What is known of Streamlit, in one place: its versions, its settings, the routes and messages of its server, and
//! what its page gives away of itself.
//!
//! How Python starts it is in the launcher (`session/launcher`). To support a new version: change
//! [`NEWEST`] and [`TESTED`], run the tests, and mend here what they find.

mod back;
mod config;
mod forward;
mod page;
mod routes;
mod theme;
mod version;
mod wire;

pub use back::{Back, Widget};
pub use config::{Fixed, OVERRIDDEN, Overridden};
pub use forward::{Forward, Page, Status, compile_error, metadata, pages, session_id, status};
pub use page::{HostMessage, PageSigns, UNNAMED};
pub use routes::{
    HEALTH, HOST_CONFIG, Kept, STATIC, STREAM, SUBPROTOCOL, Static, is_own_cookie, without_session,
};
pub use theme::dark_ground;
pub use version::{
    NEWEST, NEWEST_TESTED, OLDEST, OLDEST_TESTED, Series, TESTED, TORNADO_TESTED, requirement,
};
