"""A small window from which a file can be dragged: drag.py FILE X Y

It says when a drag ends: `dropped`, or `refused` where nobody took the file.
"""

import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402


def say(word):
    print(word, flush=True)


def main(file, x, y):
    window = Gtk.Window(type=Gtk.WindowType.POPUP)
    window.set_default_size(60, 60)
    window.move(int(x), int(y))
    box = Gtk.EventBox()
    box.add(Gtk.Label(label="a file"))
    window.add(box)
    box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
    box.drag_source_add_uri_targets()
    refused = []
    box.connect("drag-data-get", lambda _, context, data, info, time: data.set_uris([GLib.filename_to_uri(file)]))
    box.connect("drag-failed", lambda *_: refused.append(True))
    box.connect("drag-end", lambda *_: say("refused" if refused else "dropped") or refused.clear())
    # Before it is on the display, a press of the button goes to what lies below.
    window.connect("map-event", lambda *_: say("ready"))
    window.show_all()
    Gtk.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
