// Tells the shell that a person pasted something that is neither text nor a file. This runs in a world of its own: the page
// finds neither it nor the handler that it calls, and can't make such an event itself.
window.addEventListener(
  "paste",
  (event) => {
    const { types, files } = event.clipboardData ?? {};
    if (event.isTrusted && files?.length === 0 && !types.includes("text/plain")) window.webkit.messageHandlers.paste.postMessage("");
  },
  true,
);
