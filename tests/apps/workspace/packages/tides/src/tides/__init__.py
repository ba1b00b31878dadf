from pathlib import Path

HIGH = (Path(__file__).parent / "high.txt").read_text().strip()
