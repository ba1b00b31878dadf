import { h } from "../dom";

/** The app's icon, or a tile with its first letter. It says nothing to a screen reader: the name stands beside it. */
export function appIcon(name: string, icon: string): HTMLElement {
  if (icon !== "") return h("img", { class: "icon", src: icon, alt: "", draggable: "false" });
  const letter = Array.from(name.trim())[0] ?? "";
  return h("div", { class: "icon letter", "aria-hidden": "true" }, letter.toLocaleUpperCase());
}
