/// Modules that nothing but Tk can serve: an app that imports one opens a dialog for folders, or
/// draws with `turtle`.
pub(crate) const MODULES: [&str; 8] = [
    "_tkinter",
    "customtkinter",
    "FreeSimpleGUI",
    "PySimpleGUI",
    "tkfilebrowser",
    "tkinter",
    "ttkbootstrap",
    "turtle",
];
