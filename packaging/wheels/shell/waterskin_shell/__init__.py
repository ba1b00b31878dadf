"""Carries the program `waterskin-shell`, which stands beside the command `waterskin`."""
