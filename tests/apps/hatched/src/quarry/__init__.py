__version__ = "2.1"
STONES = 12
