// Looks at every screen in every state for what shuts people out, with Chromium: `npm run build && npm run accessible`.
// By axe-core, in light and dark, with more contrast and in other languages; and by walking through it with the tab key.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium, emulate, SCREENS, withScreens } from "./chromium.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ALL = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
// What a colour can change.
const COLOURS = { type: "rule", values: ["color-contrast", "link-in-text-block"] };
const scheme = (value, contrast = "no-preference") => [{ name: "prefers-color-scheme", value }, { name: "prefers-contrast", value: contrast }];
// A page that follows the system is looked at for its colours again as the system changes; the others once.
const PAGES = [
  { theme: "system", systems: [[scheme("light"), ALL], [scheme("dark"), COLOURS], [scheme("dark", "more"), COLOURS], [scheme("light", "more"), COLOURS]] },
  { theme: "light", query: "&language=de", width: 400, height: 500, systems: [[scheme("light"), ALL]] },
  { theme: "dark", query: "&language=ja", systems: [[scheme("light"), ALL]] },
];

const problems = [];
let looked = 0;

/** Waits until a page has been drawn in these colours: it hears of a change of the system's later than this does. */
async function drawn(page, theme) {
  await page.waitForFunction((dark) => document.querySelector(".ws").classList.contains("dark") === dark, {}, theme === "dark");
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** What axe finds by these rules. */
async function look(page, name, rules) {
  const { violations, passes } = await page.evaluate((runOnly) => globalThis.axe.run(document, { runOnly, resultTypes: ["violations", "passes"] }), rules);
  looked += 1;
  if (passes.length < (rules === ALL ? 5 : 1)) problems.push(`${name}: axe looked at nothing`);
  for (const { id, help, nodes } of violations) problems.push(`${name}: ${id}: ${help}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

/** Whether the tab key reaches every control, and each one shows that it has the focus. */
async function walk(page, name) {
  const controls = await page.evaluate(() => [...document.querySelectorAll("button, input, summary, [tabindex='0']")].filter((it) => !it.disabled && it.checkVisibility({ visibilityProperty: true })).length);
  const reached = new Set();
  await page.evaluate(() => document.activeElement?.blur());
  for (let step = 0; step < controls + 2; step += 1) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate(() => {
      const focus = document.activeElement;
      if (focus === null || focus === document.body) return null;
      const all = [...document.querySelectorAll("button, input, summary, [tabindex='0']")];
      const style = getComputedStyle(focus);
      return { at: all.indexOf(focus), seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, what: focus.outerHTML.slice(0, 80) };
    });
    if (found === null || found.at < 0) continue;
    if (!found.seen) problems.push(`${name}: the focus is not seen on ${found.what}`);
    reached.add(found.at);
  }
  if (reached.size < controls) problems.push(`${name}: the tab key reaches ${reached.size} of ${controls} controls`);
}

/** Whether anything moves for a person who asked for stillness. */
async function still(page, name) {
  const moving = await page.evaluate(() => document.getAnimations().length);
  if (moving > 0) problems.push(`${name}: ${moving} animations in spite of reduced motion`);
}

if (chromium() === undefined) {
  console.log("skipped: there is no Chromium");
  process.exit(0);
}
await withScreens(async (open) => {
  for (const screen of SCREENS) {
    for (const { systems, ...variant } of PAGES) {
      const page = await open(screen, { ...variant, scheme: "light" });
      await page.evaluate(axe);
      const lookAll = async (state) => {
        for (const [features, rules] of systems) {
          await emulate(page, features);
          await drawn(page, variant.theme === "system" ? features[0].value : variant.theme);
          await look(page, `${screen}${state} ${JSON.stringify(variant)} ${features.map((it) => it.value)}`, rules);
        }
        await emulate(page, systems[0][0]);
      };
      await lookAll("");
      if (screen.startsWith("secrets")) {
        await page.click("button[type=submit]");
        await page.waitForSelector("[aria-invalid]");
        await lookAll(", complaining");
      }
      if (screen === "inspector") {
        await page.focus("[role=grid]");
        for (const key of ["Home", "ArrowDown", "Enter"]) await page.keyboard.press(key);
        await page.waitForSelector(".detail:not([hidden])");
        await lookAll(", with details");
      }
      if (screen === "log" || screen === "about") {
        await page.type("input", screen === "log" ? "request 1" : "py");
        if (screen === "about") await page.click("li:not([hidden]) summary");
        await lookAll(", searched");
      }
      await page.close();
    }
    const page = await open(screen, { media: [{ name: "prefers-reduced-motion", value: "reduce" }], query: screen === "log" ? "&lines=40" : "" });
    await still(page, screen);
    if (screen === "about") await page.type("input", "py");
    await walk(page, screen);
    await page.close();
  }
});
for (const problem of problems) console.log(problem);
console.log(`${looked} looks, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
