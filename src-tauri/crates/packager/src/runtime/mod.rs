//! The interpreter in the payload.
