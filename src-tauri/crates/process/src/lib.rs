//! A child process in a pseudo-terminal and its whole tree.
