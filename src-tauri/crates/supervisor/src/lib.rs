//! When to start, restart, give up and stop a child process.
