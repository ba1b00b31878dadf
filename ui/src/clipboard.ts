import { h } from "./dom";

/**
 * Puts a text on the clipboard. To be called in a click.
 *
 * A text that has yet to come is handed over as a promise, since WebKit forgets the click while it is waited for.
 */
export async function copyText(words: string | Promise<string>): Promise<void> {
  const coming = Promise.resolve(words);
  try {
    const item = new ClipboardItem({ "text/plain": coming.then((text) => new Blob([text], { type: "text/plain" })) });
    await navigator.clipboard.write([item]);
  } catch {
    // Some web views give the newer interface to no page, or only to one over HTTPS; the old command still works there.
    copyBySelection(await coming);
  }
}

function copyBySelection(words: string): void {
  const field = h("textarea", { class: "offscreen", "aria-hidden": "true", tabindex: "-1" });
  const focus = document.activeElement;
  field.value = words;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (focus instanceof HTMLElement) focus.focus();
  if (!copied) throw new Error("the clipboard is not open to this window");
}
