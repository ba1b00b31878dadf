import { h, setText } from "../dom";
import { STEPS, type Progress } from "../load";
import { say } from "../words";
import { appIcon } from "./icon";

/** The splash as elements: the same over the Streamlit page and in the shell's own window. */
export interface Splash {
  element: HTMLElement;
  /** Shows a state of the load. */
  update(view: Progress & { detail: string }): void;
}

/**
 * Makes the splash of an app. In a window of ours the name is the heading; over a page that has its own it is not.
 *
 * @param details opens what there is to know of a load that takes long.
 */
export function createSplash(name: string, icon: string, heading: "h1" | "p", details: () => void): Splash {
  const dashes = Array.from({ length: STEPS }, () => h("i", { class: "step" }));
  const steps = h("div", { class: "steps", role: "img" }, ...dashes);
  const line = h("p", { class: "line" });
  const detail = h("p", { class: "detail" });
  const status = h("div", { role: "status", "aria-live": "polite" }, line, detail);
  const more = h("button", { type: "button", class: "more" }, say("splash-details"));
  more.hidden = true;
  more.addEventListener("click", details);
  // Of no height, so that nothing moves when the button comes.
  const below = h("div", { class: "below" }, more);
  const element = h("div", { class: "splash" }, appIcon(name, icon), h(heading, { class: "name" }, name), steps, status, below);
  return {
    element,
    update(view) {
      dashes.forEach((dash, index) => {
        dash.classList.toggle("done", view.busy && index + 1 < view.step);
        dash.classList.toggle("now", view.busy && index + 1 === view.step);
      });
      steps.setAttribute("aria-label", say("splash-step", { step: view.step, of: STEPS }));
      steps.style.visibility = view.busy ? "" : "hidden";
      setText(line, view.line);
      setText(detail, view.detail);
      more.hidden = view.detail === "";
    },
  };
}
