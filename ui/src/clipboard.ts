import { h } from "./dom";

/** Puts a text on the clipboard. */
export async function copyText(words: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    // Some web views give the newer interface to no page, or only to one over HTTPS; the old command still works there.
    copyBySelection(words);
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
