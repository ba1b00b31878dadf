import type { Boot } from "../boot";
import { h } from "../dom";
import { createSplash } from "../look/splash";
import type { Screen } from "./model";

/** The screen of an app that is on its way: the same splash as over the page. */
export function createStarting(boot: Boot, name: string, details: () => void) {
  const splash = createSplash(name, boot.icon, "h1", details);
  return {
    element: h("main", { class: "starting" }, splash.element),
    update: (view: Extract<Screen, { kind: "starting" }>["view"]) => splash.update(view),
  };
}
