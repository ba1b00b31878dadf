//! Support for the tests: binaries, virtual environments, windows, sockets.
