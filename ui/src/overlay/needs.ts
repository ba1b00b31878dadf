/**
 * What Streamlit's page uses before it has drawn anything (1.67.0, `static/js`), with the version of WebKit that brought
 * it. Older pages need less of it, so this is asked only after a script has failed.
 */
const NEEDS: readonly (readonly [name: string, there: (window: Window & typeof globalThis) => boolean])[] = [
  ["Promise.withResolvers (WebKit 17.4)", (window) => "withResolvers" in window.Promise],
  ["RegExp lookbehind (WebKit 16.4)", (window) => parses(window, "(?<=a)b")],
  ["Array.prototype.toSorted (WebKit 16)", (window) => "toSorted" in window.Array.prototype],
  ["Array.prototype.at (WebKit 15.4)", (window) => "at" in window.Array.prototype],
  ["Object.hasOwn (WebKit 15.4)", (window) => "hasOwn" in window.Object],
  ["structuredClone (WebKit 15.4)", (window) => "structuredClone" in window],
];

/** What of it a web view lacks. */
export function missing(window: Window & typeof globalThis): string[] {
  return NEEDS.filter(([, there]) => !there(window)).map(([name]) => name);
}

function parses(window: Window & typeof globalThis, pattern: string): boolean {
  try {
    return new window.RegExp(pattern) instanceof window.RegExp;
  } catch {
    return false;
  }
}
