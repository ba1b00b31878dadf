//! Python files to bytecode.
