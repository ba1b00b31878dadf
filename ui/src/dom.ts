/** A child of an element: text, another element, or nothing. */
export type Child = string | Node | null;

/** Makes an element with a class, some attributes and children. Text is text: nothing is ever parsed as HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

/** Sets a text only where it differs, so that a screen reader is not told the same thing twice. */
export function setText(element: Element, value: string): void {
  if (element.textContent !== value) element.textContent = value;
}
