import type { Boot } from "../boot";
import { h, setText } from "../dom";
import type { About } from "../gen/About";
import { host, hostError } from "../host";
import { appIcon } from "../look/icon";
import { say } from "../words";
import { matches, person, shellLicences, shellText, works, type ShellLicences, type Work } from "./model";

/** Opens the window about the app. */
export function openAbout(boot: Boot): void {
  const body = h("div", { class: "body" }, h("p", { class: "status", role: "status" }, say("about-reading")));
  const main = h("main", { class: "about" }, header(boot.name, boot.icon, null), body);
  document.body.append(main);
  document.title = say("about-title", { app: boot.name });
  Promise.all([host.about(), readShellLicences()]).then(
    ([about, shell]) => {
      document.title = say("about-title", { app: about.name });
      main.replaceChildren(header(about.name, boot.icon, about), list(works(about.parts, shell), shell));
    },
    (thrown: unknown) => body.replaceChildren(h("p", { class: "status bad", role: "alert" }, say("notice-failed", { message: hostError(thrown).message }))),
  );
}

async function readShellLicences(): Promise<ShellLicences> {
  try {
    return shellLicences(await (await fetch("./licences.json")).json());
  } catch {
    return shellLicences(null);
  }
}

function header(name: string, icon: string, about: About | null): HTMLElement {
  const line = (words: string) => (words === "" ? null : h("p", {}, words));
  return h(
    "header",
    {},
    appIcon(name, icon),
    h(
      "div",
      {},
      h("h1", {}, name),
      line(about === null || about.version === "" ? "" : say("about-version", { version: about.version })),
      line(about === null || about.author === "" ? "" : say("about-author", { author: person(about.author) })),
      about === null ? null : h("p", { class: "faint" }, about.versions.join(" · ")),
      about === null ? null : h("p", { class: "faint" }, say("about-packaged", { version: about.waterskin })),
    ),
  );
}

function list(all: readonly Work[], shell: ShellLicences): HTMLElement {
  const search = h("input", { type: "search", placeholder: say("about-search"), "aria-label": say("about-search"), spellcheck: "false", autocomplete: "off" });
  const none = h("p", { class: "status", role: "status" });
  const rows = all.map((work) => ({ work, row: row(work, shell) }));
  const group = (of: Work["group"], title: string) => {
    const own = rows.filter(({ work }) => work.group === of);
    return own.length === 0 ? null : h("section", {}, h("h3", {}, title), h("ul", {}, ...own.map(({ row }) => row)));
  };
  const groups = [group("python", say("about-group-python")), group("shell", say("about-group-shell"))];
  search.addEventListener("input", () => {
    let found = 0;
    for (const { work, row } of rows) {
      row.hidden = !matches(work, search.value);
      if (!row.hidden) found += 1;
    }
    for (const section of groups) if (section !== null) section.hidden = section.querySelector("li:not([hidden])") === null;
    setText(none, found === 0 ? say("about-none-found") : "");
  });
  return h(
    "div",
    { class: "body" },
    h("div", { class: "head" }, h("div", {}, h("h2", {}, say("about-inside")), h("p", {}, say("about-inside-lead", { parts: all.length }))), search),
    ...groups,
    none,
  );
}

/** One work: a disclosure whose text is read when it is opened. */
function row(work: Work, shell: ShellLicences): HTMLLIElement {
  const text = h("pre", { tabindex: "0", role: "region", "aria-label": `${work.name}: ${work.licence}` });
  const details = h(
    "details",
    {},
    h(
      "summary",
      {},
      h("span", { class: "name" }, work.name),
      h("span", { class: "number" }, work.version),
      h("span", { class: "licence" }, work.licence === "" ? say("about-unstated") : work.licence),
    ),
    text,
  );
  const show = (words: string) => setText(text, words.trim() === "" ? say("about-no-text") : words);
  details.addEventListener("toggle", () => {
    if (!details.open || text.textContent !== "") return;
    if (work.group === "shell") show(shellText(shell, work.place));
    else host.licenceText(work.place).then(show, (thrown: unknown) => show(say("notice-failed", { message: hostError(thrown).message })));
  });
  return h("li", {}, details);
}
