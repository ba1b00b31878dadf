"""Spares the first element of a script Streamlit's question whether it runs without a server.

To warn people who run their script with Python itself, Streamlit looks at the whole stack
with the source of each frame (1.40 to 1.67, `delta_generator.py`, `_maybe_print_use_warning`;
`env_util.py`, `is_repl`). For that, `inspect` asks the system about the path of every module
that was imported, and whoever imports the app's modules meanwhile has the interpreter at each
of these questions.
"""


def never_warn():
    """Says that people have been told."""
    from streamlit import delta_generator

    if hasattr(delta_generator, "_use_warning_has_been_displayed"):
        delta_generator._use_warning_has_been_displayed = True
