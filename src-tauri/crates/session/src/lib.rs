//! One running app: supervisor, proxy and the state to show.
