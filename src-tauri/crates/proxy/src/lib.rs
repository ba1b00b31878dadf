//! An HTTP and upgrade proxy with gate, hold and trace.
