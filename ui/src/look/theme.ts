import type { Boot, Theme } from "../boot";

/**
 * Keeps the classes of the visual language on an element, and follows the system where the theme says so.
 *
 * @param grounds of the page below, which may be dark where the system is light.
 */
export function applyTheme(element: HTMLElement, theme: Theme, grounds: Boot["grounds"] = null): void {
  const paint = (dark: boolean) => {
    const ground = grounds?.[dark ? "dark" : "light"];
    element.classList.toggle("dark", ground?.dark ?? dark);
    if (ground !== undefined) element.style.setProperty("--ground", ground.colour);
  };
  element.classList.add("ws");
  if (theme !== "system") {
    paint(theme === "dark");
    return;
  }
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", () => paint(dark.matches));
  paint(dark.matches);
}
