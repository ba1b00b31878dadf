"""What a program is made of by tools that pack one script."""

import sys
from pathlib import Path

import streamlit.web.cli as stcli

if __name__ == "__main__":
    script = Path(getattr(sys, "_MEIPASS", Path(__file__).parent)) / "kiln.py"
    sys.argv = ["streamlit", "run", str(script), "--global.developmentMode=false"]
    sys.exit(stcli.main())
