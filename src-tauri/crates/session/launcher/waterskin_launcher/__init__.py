"""Everything that is known about starting Streamlit, from 1.40 to 1.67.

Standard library only, CPython 3.9 and newer. The package has a name of its own
so that no module of the launcher can shadow one of the app's.
"""
