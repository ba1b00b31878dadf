import { takeBoot, type Boot } from "./boot";
import { fluentWords } from "./languages";
import { applyTheme } from "./look/theme";
import { speak } from "./words";

/** Gives a window of the shell's own its words and its looks. Resolves when it can be drawn. */
export async function prepared(): Promise<Boot> {
  const boot = takeBoot(window);
  speak(fluentWords(boot.language));
  document.documentElement.lang = boot.language;
  applyTheme(document.documentElement, boot.theme);
  await styled();
  return boot;
}

/** Waits for the styles. WebKit runs a module although a style sheet of the same page is still on its way. */
async function styled(): Promise<void> {
  const sheets = [...document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]")];
  const coming = sheets.filter((link) => link.sheet === null);
  await Promise.all(
    coming.map(
      (link) =>
        new Promise<void>((done) => {
          link.addEventListener("load", () => done(), { once: true });
          link.addEventListener("error", () => done(), { once: true });
        }),
    ),
  );
}
