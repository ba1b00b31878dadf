import type { Event } from "./model";

/** What can be seen of a Streamlit document from outside, with attributes as they are from 1.40.2 to 1.67.0. */
export interface Sight {
  rendered: boolean;
  /** A dialog is open: one of the app's, or an error of Streamlit's. */
  dialog: boolean;
  running: boolean;
  finished: boolean;
}

/**
 * Looks at the document once.
 *
 * `data-test-script-state` is `initial` until the server's first message, then `running`, then `notRunning` or
 * `compilationError`. Until the first delta there is an `stElementContainer` too: empty at first, and with the
 * `stAppSkeleton` in it after half a second (1.40.2 keeps it while the script runs).
 */
export function look(document: Document): Sight {
  const app = document.querySelector('[data-testid="stApp"]');
  const script = app?.getAttribute("data-test-script-state") ?? "initial";
  const dialog = document.querySelector('[data-testid="stDialog"], [role="dialog"]') !== null;
  if (app === null || script === "initial") return { rendered: false, dialog, running: false, finished: false };
  const running = script === "running" || script === "rerunRequested";
  return { rendered: !running || hasElements(app), dialog, running, finished: !running };
}

/** Whether the script has drawn something: a container with more in it than a placeholder. */
function hasElements(app: Element): boolean {
  for (const container of app.querySelectorAll('[data-testid="stElementContainer"]')) {
    const kind = container.firstElementChild?.getAttribute("data-testid");
    if (kind !== undefined && kind !== "stAppSkeleton" && kind !== "stSkeleton") return true;
  }
  return false;
}

/** Whether the document, once parsed, is one of Streamlit's. Its page has had this element since its first versions. */
export function isStreamlit(document: Document): boolean {
  return document.getElementById("root") !== null || document.querySelector('[data-testid="stApp"]') !== null;
}

/** What a message of Streamlit's to its host means for the splash, and the title that it carries. */
export function hostMessage(data: unknown): { event?: Event; title?: string } {
  if (typeof data !== "object" || data === null) return {};
  const message = data as Record<string, unknown>;
  if (message.stCommVersion !== 1) return {};
  switch (message.type) {
    case "WEBSOCKET_CONNECTED":
      return { event: { kind: "connected" } };
    case "SCRIPT_RUN_STATE_CHANGED":
      // `notRunning` is also the first message of all, long before the script runs, so the end is read from the page.
      return message.scriptRunState === "running" ? { event: { kind: "running" } } : {};
    case "SET_PAGE_TITLE":
      return typeof message.title === "string" ? { title: message.title } : {};
    default:
      return {};
  }
}
