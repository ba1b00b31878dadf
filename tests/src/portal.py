"""The part of a desktop that says whether it is dark: the portal for settings.

It says 2 (light) until `org.waterskin.Test.Prefer` says 1 (dark), and tells whoever listens.
"""

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

NODE = """<node>
  <interface name="org.freedesktop.portal.Settings">
    <method name="Read"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="v" direction="out"/></method>
    <method name="ReadOne"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="v" direction="out"/></method>
    <signal name="SettingChanged"><arg type="s"/><arg type="s"/><arg type="v"/></signal>
    <property name="version" type="u" access="read"/>
  </interface>
  <interface name="org.waterskin.Test">
    <method name="Prefer"><arg type="u" direction="in"/></method>
  </interface>
</node>"""
PATH = "/org/freedesktop/portal/desktop"
SETTINGS = "org.freedesktop.portal.Settings"
KEY = ("org.freedesktop.appearance", "color-scheme")
scheme = GLib.Variant("u", 2)


def called(bus, sender, path, interface, method, arguments, invocation):
    global scheme
    if method == "Prefer":
        scheme = GLib.Variant("u", arguments.unpack()[0])
        bus.emit_signal(None, PATH, SETTINGS, "SettingChanged", GLib.Variant("(ssv)", (*KEY, scheme)))
        invocation.return_value(None)
    elif arguments.unpack() == KEY:
        # `Read` wraps its answer twice, which is why `ReadOne` came.
        answer = scheme if method == "ReadOne" else GLib.Variant("v", scheme)
        invocation.return_value(GLib.Variant("(v)", (answer,)))
    else:
        invocation.return_dbus_error("org.freedesktop.portal.Error.NotFound", "no such setting")


def acquired(bus, name):
    for interface in Gio.DBusNodeInfo.new_for_xml(NODE).interfaces:
        bus.register_object(PATH, interface, called, lambda *_: GLib.Variant("u", 2), None)


Gio.bus_own_name(
    Gio.BusType.SESSION,
    "org.freedesktop.portal.Desktop",
    Gio.BusNameOwnerFlags.NONE,
    acquired,
    lambda *_: print("ready", flush=True),
    None,
)
GLib.MainLoop().run()
