import { h } from "../dom";
import { createSplash } from "../look/splash";
import { applyTheme } from "../look/theme";
import splashStyle from "../look/splash.css?inline";
import tokens from "../look/tokens.css?inline";
import type { Boot } from "../boot";
import type { Progress } from "../load";
import coverStyle from "./cover.css?inline";

/** The splash over a page that is not ours. */
export interface Cover {
  /** Puts the splash over the page, in its place in the document or, until there is one, as soon as there is. */
  show(): void;
  /** Takes it away, with a fade where motion is welcome. */
  hide(): void;
  update(view: Progress & { detail: string }): void;
}

/**
 * Makes the cover.
 *
 * It is a child of `<html>`, not of `<body>`: it is there before the body is, and React never manages it. Its
 * content is in a closed shadow tree, so the page's styles do not reach it and its styles do not reach the page.
 *
 * @param attached called each time when the cover gets into the document.
 * @param details called when a person wants to know more about the load.
 */
export function createCover(boot: Boot, attached: () => void, details: () => void): Cover {
  const host = h("div");
  for (const [name, value] of HOST_STYLE) host.style.setProperty(name, value, "important");
  const shadow = host.attachShadow({ mode: "closed" });
  const ground = h("div", { class: "cover" });
  ground.lang = boot.language;
  applyTheme(ground, boot.theme, boot.grounds);
  const splash = createSplash(boot.name, boot.icon, "p", details);
  ground.append(splash.element);
  shadow.append(h("style", {}, tokens + splashStyle + coverStyle), ground);

  let shown = false;
  let first = true;

  const attach = () => {
    const root = document.documentElement as HTMLElement | null;
    if (!shown || root === null || host.parentNode === root) return;
    root.append(host);
    attached();
  };
  // The document may have no root element yet, and a page may empty the one it has.
  const watch = new MutationObserver(() => {
    attach();
    if (shown) setInert(!first);
  });

  return {
    show() {
      shown = true;
      ground.classList.remove("leaving");
      watch.observe(document, { childList: true });
      if (document.documentElement !== null) watch.observe(document.documentElement, { childList: true });
      attach();
      setInert(!first);
    },
    hide() {
      if (!shown) return;
      shown = false;
      first = false;
      watch.disconnect();
      setInert(false);
      const gone = () => {
        if (!shown) host.remove();
      };
      if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
        gone();
        return;
      }
      ground.classList.add("leaving");
      ground.addEventListener("transitionend", gone, { once: true });
      // A window that is hidden or minimised may never end a transition.
      window.setTimeout(gone, FADE_MS + 100);
    },
    update: splash.update,
  };
}

/** The length of the fade; the same number stands in `cover.css`. */
const FADE_MS = 150;

const HOST_STYLE: readonly (readonly [string, string])[] = [
  ["all", "initial"],
  ["display", "block"],
  ["position", "fixed"],
  ["inset", "0"],
  ["z-index", "2147483647"],
  // The ground in it takes the pointer, until it fades: what is below can be clicked from then on.
  ["pointer-events", "none"],
];

/**
 * Keeps keys and screen readers out of a page that is covered again: what it shows belongs to a Python that is gone.
 * On the first load the page is left alone, since it may put the focus where it wants it.
 */
function setInert(inert: boolean): void {
  const body = document.body as HTMLElement | null;
  if (body !== null && body.inert !== inert) body.inert = inert;
}
