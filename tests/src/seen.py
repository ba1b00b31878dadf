"""What a screen reader finds in the windows of a display, and what it can do there.

Each line of the input is a question, a list in JSON, and gets a line: an object with `done` and `text`, or with `error`.

    show             one line for each thing that is shown: its role and its name
    press ROLE NAME  does the first action of the first such thing that is shown
    within TITLE ROLE NAME  the same in the windows with this title, with the pages in them
    type TEXT        puts a text into the first field of the windows
    clipboard        the text on the clipboard
    picture          the size of the picture on the clipboard
    read TITLE       as `show`, in the windows with this title, and with the pages in them

But for `within` and `read` it looks at the windows themselves, not into the page: that is the web driver's
business, which sees no other window than the app's first.
"""

import json
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402


PAGES = ("document web", "document frame")


def things(parent, pages):
    try:
        yield from parts(parent, pages)
    except GLib.Error:
        # What goes away while it is looked at has no more parts.
        return


def parts(parent, pages):
    for index in range(parent.get_child_count()):
        child = parent.get_child_at_index(index)
        if child is None or (not pages and child.get_role_name() in PAGES):
            continue
        yield child
        yield from things(child, pages)


def shown(title=None):
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        application = desktop.get_child_at_index(index)
        if application is None:
            continue
        within = [application]
        if title is not None:
            frames = (application.get_child_at_index(at) for at in range(application.get_child_count()))
            within = [frame for frame in frames if frame is not None and frame.get_name() == title]
        for parent in within:
            for thing in things(parent, title is not None):
                try:
                    states = thing.get_state_set()
                except GLib.Error:
                    continue
                if states is not None and states.contains(Atspi.StateType.SHOWING):
                    yield thing


def line(thing):
    role, name = thing.get_role_name(), thing.get_name() or ""
    text = thing.get_text_iface()
    written = Atspi.Text.get_text(text, 0, -1) if text is not None else ""
    return f"{role}: {name or written}"


def clipboard(command):
    gi.require_version("Gdk", "3.0")
    gi.require_version("Gtk", "3.0")
    from gi.repository import Gdk, Gtk

    Gtk.init([])
    board = Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD)
    if command == "picture":
        picture = board.wait_for_image()
        return f"{picture.get_width()}x{picture.get_height()}" if picture else ""
    return board.wait_for_text() or ""


def answer(command, *arguments):
    """Whether it was done, and what there is to tell."""
    if command in ("clipboard", "picture"):
        return True, clipboard(command)
    title = None
    if command in ("read", "within"):
        title, *arguments = arguments
    lines = []
    for thing in shown(title):
        try:
            role, name, said = thing.get_role_name(), thing.get_name() or "", line(thing)
        except GLib.Error:
            # A page that draws itself anew takes away what is just being looked at.
            continue
        if command in ("show", "read"):
            lines.append(said)
        elif command in ("press", "within") and [role, name] == list(arguments):
            action = thing.get_action_iface()
            return action is not None and Atspi.Action.do_action(action, 0), ""
        elif command == "type" and thing.get_editable_text_iface() is not None:
            field = thing.get_editable_text_iface()
            return Atspi.EditableText.set_text_contents(field, arguments[0]), ""
    return command in ("show", "read"), "\n".join(lines)


def look_anew():
    """Nothing of an earlier look counts: windows and pages have come and gone since."""
    context = GLib.MainContext.default()
    while context.iteration(False):
        pass
    Atspi.get_desktop(0).clear_cache()


for question in sys.stdin:
    try:
        look_anew()
        done, text = answer(*json.loads(question))
        told = {"done": bool(done), "text": text}
    except Exception as error:
        told = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(told), flush=True)
