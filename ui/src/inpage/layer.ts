import { h } from "../dom";
import { applyTheme } from "../look/theme";
import tokens from "../look/tokens.css?inline";
import type { Settings } from "./settings";
import style from "./inpage.css?inline";

/** Where the bar and the notices are, over the page. */
export interface Layer {
  /** The upper and the lower right corner. */
  top: HTMLElement;
  bottom: HTMLElement;
  /** Puts the layer over the page, where the page has taken it away or it was never needed. */
  attach(): void;
  /** The part of the layer that has the focus. */
  focused(): Element | null;
  /** Calls back for keys that are pressed in the layer, which the page never hears of. */
  onKey(pressed: (event: KeyboardEvent) => void): void;
}

/**
 * Makes the layer: a closed shadow tree under `<html>`, like the splash.
 *
 * Streamlit's page has keys of one letter, which it leaves alone in an input; from outside of the tree nobody sees that
 * there is one. So every key in it ends here, before a listener of the page's.
 */
export function createLayer({ theme, grounds, language }: Settings): Layer {
  const host = h("div");
  for (const [name, value] of HOST_STYLE) host.style.setProperty(name, value, "important");
  const shadow = host.attachShadow({ mode: "closed" });
  const top = h("div", { class: "top" });
  const bottom = h("div", { class: "bottom" });
  const root = h("div", { class: "over", lang: language }, top, bottom);
  applyTheme(root, theme, grounds);
  shadow.append(h("style", {}, tokens + style), root);
  let pressed: (event: KeyboardEvent) => void = () => undefined;
  for (const kind of ["keydown", "keypress", "keyup"] as const) {
    window.addEventListener(
      kind,
      (event) => {
        if (event.target !== host) return;
        event.stopImmediatePropagation();
        if (kind === "keydown") pressed(event);
      },
      true,
    );
  }
  return {
    top,
    bottom,
    attach() {
      if (host.parentNode !== document.documentElement) document.documentElement.append(host);
    },
    focused: () => shadow.activeElement,
    onKey(callback) {
      pressed = callback;
    },
  };
}

const HOST_STYLE: readonly (readonly [string, string])[] = [
  ["all", "initial"],
  ["display", "block"],
  ["position", "fixed"],
  ["inset", "0"],
  ["z-index", "2147483646"],
  ["pointer-events", "none"],
];
