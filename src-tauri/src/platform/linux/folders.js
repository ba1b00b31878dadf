// Tells the shell whether the field that is about to ask for files wants a folder: WebKitGTK does not (2.50). This runs in a
// world of its own: the page finds neither it nor the handler that it calls.
window.addEventListener(
  "click",
  (event) => {
    const field = event.composedPath()[0];
    if (field instanceof HTMLInputElement && field.type === "file") window.webkit.messageHandlers.folder.postMessage(field.hasAttribute("webkitdirectory"));
  },
  true,
);
