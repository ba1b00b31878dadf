const SVG = "http://www.w3.org/2000/svg";

/** A small button with a sign on it, called `name` for those who don't see it. */
export function signButton(path: string, name: string): HTMLButtonElement {
  const sign = document.createElementNS(SVG, "svg");
  sign.setAttribute("viewBox", "0 0 16 16");
  sign.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  sign.append(line);
  const button = document.createElement("button");
  button.type = "button";
  button.title = name;
  button.setAttribute("aria-label", name);
  button.append(sign);
  return button;
}

export const UP = "M3.5 10 8 5.5 12.5 10";
export const DOWN = "M3.5 6 8 10.5 12.5 6";
export const CLOSE = "M4 4 12 12 M12 4 4 12";
