import { h } from "../dom";
import { say } from "../words";
import type { Layer } from "./layer";
import { CLOSE, signButton } from "./signs";

/** How long a notice stays: as long as on Linux. */
const STAY_MS = 12_000;

/** The notices at the lower right of the page. */
export interface Notices {
  /** Tells something, in place of the last notice: a page may fail at the same thing again and again. */
  tell(title: string, text: string): void;
  dismiss(): void;
}

export function createNotices(layer: Layer): Notices {
  // There from the beginning: a screen reader follows what changes in it.
  const place = h("div", { role: "status" });
  layer.bottom.append(place);
  let leaving: number | undefined;
  const dismiss = () => place.replaceChildren();
  return {
    tell(title, text) {
      const close = signButton(CLOSE, say("menu-close"));
      close.addEventListener("click", dismiss);
      layer.attach();
      place.replaceChildren(h("div", { class: "card notice" }, h("div", { class: "head" }, h("p", { class: "title" }, title), close), h("p", { class: "text" }, text)));
      window.clearTimeout(leaving);
      leaving = window.setTimeout(dismiss, STAY_MS);
    },
    dismiss,
  };
}
