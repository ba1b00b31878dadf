"""Starts one Streamlit app for the shell: `python -I <this directory>`.

The launch is described by the environment variable `WATERSKIN_LAUNCH` (see
`waterskin_launcher/spec.py`).
"""

# `multiprocessing` with the start method "spawn" runs this file again in its
# children, under the name `__mp_main__`: nothing may happen there.
if __name__ == "__main__":
    from waterskin_launcher.run import main

    main()
