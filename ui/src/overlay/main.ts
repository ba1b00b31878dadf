import { isSessionState, takeBoot } from "../boot";
import { SIGNS } from "../gen/streamlit";
import { createCover } from "./cover";
import { covered, initial, reduce, view, type Event, type Model } from "./model";
import { missing } from "./needs";
import { hostMessage, isStreamlit, look } from "./page";
import { plainWords, speak } from "../words";
import { report, watchFailures } from "./report";

declare global {
  interface Window {
    __WATERSKIN__?: unknown;
    __waterskin?: (state: unknown) => void;
  }
}

/** How long a wait is before the splash says more about it. */
const SLOW_MS = 5000;

function start(): void {
  // The shell's own screens run in the same window, and read the same settings themselves.
  if (location.protocol === "tauri:" || location.hostname === "tauri.localhost") return;
  const boot = takeBoot(window);
  // A login provider's page is not ours to cover, nor is a frame inside the app.
  if (location.protocol !== "http:" || window.top !== window) return;
  // Web views have been seen to run such a script twice for one document; the first run stays.
  if (window.__waterskin !== undefined) return;
  if (boot.state !== null && location.port !== String(boot.state.port.port)) return;

  speak(plainWords(boot.words));
  let model: Model = initial(boot.state);
  let shown = false;
  let slow: number | undefined;
  let splashReported = false;

  const cover = createCover(
    boot,
    () => {
      if (!splashReported) report({ event: "splash" });
      splashReported = true;
    },
    () => report({ event: "details" }),
  );

  const show = () => {
    const wanted = covered(model);
    if (wanted) cover.update(view(model));
    if (wanted === shown) return;
    shown = wanted;
    window.clearTimeout(slow);
    if (wanted) {
      slow = window.setTimeout(() => dispatch({ kind: "slow" }), SLOW_MS);
      cover.show();
    } else {
      cover.hide();
    }
  };

  const dispatch = (event: Event) => {
    const before = model;
    model = reduce(before, event);
    if (model === before) return;
    if (model.rendered && !before.rendered) report({ event: "rendered" });
    if (model.finished && !before.finished) report({ event: "finished" });
    show();
  };

  const observer = new MutationObserver(() => {
    const sight = look(document);
    dispatch({ kind: "dialog", open: sight.dialog });
    if (sight.running) dispatch({ kind: "running" });
    if (sight.rendered) dispatch({ kind: "rendered" });
    if (sight.rendered && sight.finished) dispatch({ kind: "finished" });
    // From here on the app is on its own: a page that changes ten times a second costs nothing.
    if (model.finished) observer.disconnect();
  });
  observer.observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: [SIGNS.scriptState],
  });

  window.addEventListener("message", (event) => {
    // Frames inside the app can post to it too; only the page itself is believed.
    if (event.source !== window) return;
    const seen = hostMessage(event.data);
    if (seen.event !== undefined) dispatch(seen.event);
    if (seen.title !== undefined) report({ event: "title", title: seen.title });
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (isStreamlit(document)) return;
    observer.disconnect();
    dispatch({ kind: "foreign" });
  });

  let unsupported = false;
  watchFailures((what, ofScript) => {
    report({ event: "failed", what });
    // A script that ends before anything is drawn, in a web view that lacks what it needs: nothing more will come.
    if (!ofScript || model.rendered || unsupported) return;
    const lacking = missing(window);
    unsupported = lacking.length > 0;
    if (unsupported) report({ event: "unsupported", what: lacking.join(", ") });
  });

  Object.defineProperty(window, "__waterskin", {
    value: (state: unknown) => {
      if (isSessionState(state)) dispatch({ kind: "state", state });
    },
    configurable: false,
    enumerable: false,
    writable: false,
  });

  show();
}

start();
