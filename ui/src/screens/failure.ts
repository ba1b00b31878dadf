import type { Boot } from "../boot";
import { h, setText } from "../dom";
import { appIcon } from "../look/icon";
import { say } from "../words";
import type { Action, FailureView, Notice } from "./model";

/** What leads out of the screen, beside its buttons. */
export interface Links {
  /** Shows the saved report in its folder. */
  reveal: () => void;
  /** Opens the window about the app. */
  about: () => void;
}

/** The failure screen: plain words, what to do, buttons, and below them what the app said. */
export function createFailure(boot: Boot, act: (action: Action) => void, links: Links) {
  const element = h("main", { class: "failure" });
  const notice = h("p", { class: "notice", role: "status", "aria-live": "polite" });
  const show = h("button", { type: "button", class: "link" }, say("action-show-in-folder"));
  show.addEventListener("click", links.reveal);
  show.hidden = true;
  let shown = "";
  let buttons = new Map<Action, HTMLButtonElement>();

  /** Builds the screen anew for another failure. Within one failure nothing moves, and the focus stays where it is. */
  const build = (view: FailureView) => {
    buttons = new Map(view.actions.map((action, index) => [action, button(action, index === 0, act)]));
    setText(notice, "");
    show.hidden = true;
    element.replaceChildren(
      header(boot, view, links),
      h(
        "div",
        { class: "words" },
        h("h1", { tabindex: "-1" }, view.words.title),
        h("p", { class: "meaning" }, view.words.meaning),
        view.subject === "" ? null : h("p", { class: "subject" }, ...literals(view.subject)),
        h("h2", {}, say("failure-next")),
        h("ul", {}, ...view.hints.map((hint) => h("li", {}, ...literals(hint)))),
      ),
      h("div", { class: "actions" }, ...buttons.values()),
      h("div", { class: "answer" }, notice, show),
      ...output(view),
    );
    if (element.isConnected) enter();
  };

  const enter = () => {
    element.querySelector("h1")?.focus({ preventScroll: true });
    // A traceback ends with what went wrong, so its end is what is seen first.
    const box = element.querySelector("pre");
    if (box !== null) box.scrollTop = box.scrollHeight;
  };

  return {
    element,
    update(view: FailureView, restarting: boolean, said: Notice | null) {
      const key = JSON.stringify(view);
      if (key !== shown) build(view);
      shown = key;
      const restart = buttons.get("restart");
      if (restart !== undefined) {
        restart.disabled = restarting;
        setText(restart, restarting ? say("action-restarting") : label("restart"));
      }
      setText(notice, said?.text ?? "");
      show.hidden = said?.saved !== true;
      notice.classList.toggle("bad", said?.tone === "bad");
    },
    /** To be called when the screen has come into the document. */
    enter,
    /** Does what Enter means where nothing else has the focus. */
    primary() {
      buttons.values().next().value?.click();
    },
  };
}

function header(boot: Boot, view: FailureView, links: Links): HTMLElement {
  const name = view.app !== "" ? view.app : boot.name;
  const about = h("button", { type: "button", class: "link" }, say("about-title", { app: name }));
  about.addEventListener("click", links.about);
  return h(
    "header",
    { class: "brand" },
    appIcon(name, boot.icon),
    h("div", {}, h("p", { class: "name" }, name), h("p", { class: "version" }, view.version === "" ? null : `${say("failure-version", { version: view.version })} · `, about)),
  );
}

function button(action: Action, primary: boolean, act: (action: Action) => void): HTMLButtonElement {
  const element = h("button", { type: "button", class: primary ? "primary" : "" }, label(action));
  element.addEventListener("click", () => act(action));
  return element;
}

function label(action: Action): string {
  switch (action) {
    case "restart":
      return say("action-restart");
    case "tryAgain":
      return say("action-try-again");
    case "enterOnce":
      return say("action-enter-once");
    case "copyReport":
      return say("action-copy-report");
    case "saveReport":
      return say("action-save-report");
    case "showLog":
      return say("action-show-log");
    case "quit":
      return say("action-quit");
  }
}

function output(view: FailureView): HTMLElement[] {
  const parts: HTMLElement[] = [];
  if (view.details.trim() !== "") {
    const details = view.details.trimEnd();
    const box = h("pre", { tabindex: "0", role: "region", "aria-label": say("failure-details") }, details);
    parts.push(h("section", { class: details.split("\n").length > SHORT ? "output" : "output short" }, h("h2", {}, say("failure-details")), box));
  }
  if (view.logFile !== "") parts.push(h("p", { class: "file" }, say("failure-log-file", { file: view.logFile })));
  return parts;
}

/** As many lines are always shown whole, however low the window is. */
const SHORT = 5;

/** A sentence in which back-ticks stand round literals. */
function literals(sentence: string): Node[] {
  return sentence
    .split("`")
    .map((part, index) => (index % 2 === 1 ? h("code", {}, part) : document.createTextNode(part)))
    .filter((node) => node.textContent !== "");
}
