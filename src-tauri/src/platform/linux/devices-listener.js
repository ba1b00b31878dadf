// Passes on what `devices.js` says in the page's world. This runs in a world of its own: the page finds no handler to call.
for (const which of ["camera", "microphone", "both"])
  window.addEventListener(`waterskin-missing-${which}`, () => window.webkit.messageHandlers.missing.postMessage(which));
