import type { Theme } from "../boot";

/** Keeps the classes of the visual language on an element, and follows the system where the theme says so. */
export function applyTheme(element: Element, theme: Theme): void {
  element.classList.add("ws");
  if (theme !== "system") {
    element.classList.toggle("dark", theme === "dark");
    return;
  }
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => element.classList.toggle("dark", dark.matches);
  dark.addEventListener("change", follow);
  follow();
}
