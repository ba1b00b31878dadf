"""Another program with something on the clipboard: clipboard.py text|image WHAT

It says when it is there, and gives it out until it ends.
"""

import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GdkPixbuf, Gtk  # noqa: E402


def main(kind, what):
    Gtk.init([])
    clipboard = Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD)
    if kind == "image":
        clipboard.set_image(GdkPixbuf.Pixbuf.new_from_file(what))
    else:
        clipboard.set_text(what, -1)
    print("ready", flush=True)
    Gtk.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
