/** What the overlay tells the shell. Times are milliseconds since the start of the navigation. */
export type Report =
  | { event: "splash" | "rendered" | "finished" }
  | { event: "title"; title: string }
  /** A person wants to know more about a load that takes long. */
  | { event: "details" }
  | { event: "failed"; what: string }
  /** The web view lacks what the page needs, so the page ended before it began. */
  | { event: "unsupported"; what: string };

/** Where reports go. The proxy takes them itself; Python never sees one. */
const PATH = "/_waterskin/report";

/** Bodies above 4 KiB are refused, so a text is cut well before that. */
const LONGEST = 1000;

/** Sends a report. Nobody waits for it, and a failure is no news for the page. */
export function report(entry: Report): void {
  const body = JSON.stringify({ ...cut(entry), ms: performance.now(), origin: performance.timeOrigin });
  try {
    fetch(PATH, { method: "POST", body, keepalive: true }).catch(() => undefined);
  } catch {
    // `fetch` throws at once where the document is being left.
  }
}

function cut(entry: Report): Report {
  if (entry.event === "title") return { ...entry, title: entry.title.slice(0, LONGEST) };
  if (entry.event === "failed" || entry.event === "unsupported") return { ...entry, what: entry.what.slice(0, LONGEST) };
  return entry;
}

/** Calls back for every error of a script, and for every script or style that could not be loaded, by Vite's own event or the browser's. */
export function watchFailures(found: (what: string, ofScript: boolean) => void): void {
  // Such an error does not bubble, so it is caught on the way down.
  window.addEventListener(
    "error",
    (event) => {
      const target = event.target;
      if (target instanceof HTMLScriptElement) found(`script ${path(target.src)}`, false);
      else if (target instanceof HTMLLinkElement && target.rel !== "icon") found(`${target.rel} ${path(target.href)}`, false);
      else if (event instanceof ErrorEvent) found(`error ${event.message}`, true);
    },
    true,
  );
  window.addEventListener("vite:preloadError", (event) => {
    const payload: unknown = (event as Event & { payload?: unknown }).payload;
    found(`preload ${payload instanceof Error ? payload.message : "of a part of the page"}`, false);
  });
}

/** The path of an address of ours, and no more than the host of a foreign one: an address may carry a person's data. */
function path(address: string): string {
  try {
    const url = new URL(address, location.href);
    return url.origin === location.origin ? url.pathname : url.host;
  } catch {
    return "of an unreadable address";
  }
}
