import { SIGNS } from "../gen/streamlit";
import type { Event } from "./model";

/** What can be seen of a Streamlit document from outside. */
export interface Sight {
  rendered: boolean;
  /** A dialog is open: one of the app's, or an error of Streamlit's. */
  dialog: boolean;
  running: boolean;
  finished: boolean;
}

const RUNNING: readonly string[] = SIGNS.running;
const STAND_INS: readonly string[] = SIGNS.standIns;

/** Looks at the document once. */
export function look(document: Document): Sight {
  const app = document.querySelector(SIGNS.app);
  const script = app?.getAttribute(SIGNS.scriptState) ?? SIGNS.initial;
  const dialog = document.querySelector(SIGNS.dialog) !== null;
  if (app === null || script === SIGNS.initial) return { rendered: false, dialog, running: false, finished: false };
  const running = RUNNING.includes(script);
  return { rendered: !running || hasElements(app), dialog, running, finished: !running };
}

/** Whether the script has drawn something: a container with more in it than a placeholder. */
function hasElements(app: Element): boolean {
  for (const container of app.querySelectorAll(SIGNS.element)) {
    const first = container.firstElementChild;
    if (first !== null && !STAND_INS.includes(first.getAttribute("data-testid") ?? "")) return true;
  }
  return false;
}

/** Whether the document, once parsed, is one of Streamlit's. */
export function isStreamlit(document: Document): boolean {
  return document.querySelector(`${SIGNS.root}, ${SIGNS.app}`) !== null;
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
