// Looks at every screen in every state for what shuts people out, with Chromium: `npm run build && npm run accessible`.
// By axe-core, in light and dark, with more contrast and in other languages; and by walking through it with the tab key.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium, SCREENS, withScreens } from "./chromium.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ALL = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
// What a colour can change.
const COLOURS = { type: "rule", values: ["color-contrast", "link-in-text-block"] };
const VARIANTS = [
  { theme: "light" },
  { theme: "dark", rules: COLOURS },
  { theme: "light", rules: COLOURS, media: [{ name: "prefers-contrast", value: "more" }] },
  { theme: "dark", rules: COLOURS, media: [{ name: "prefers-contrast", value: "more" }] },
  { theme: "light", query: "&language=de", width: 400, height: 500 },
  { theme: "light", query: "&language=ja" },
];

const problems = [];
let looked = 0;

/** What axe finds, with a search and an open text where the screen has these. */
async function look(page, name, rules = ALL) {
  await page.evaluate(axe);
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
    for (const variant of VARIANTS) {
      const name = `${screen} ${JSON.stringify(variant)}`;
      const page = await open(screen, variant);
      await look(page, name, variant.rules);
      if (screen.startsWith("secrets")) {
        await page.click("button[type=submit]");
        await page.waitForSelector("[aria-invalid]");
        await look(page, `${name}, complaining`, variant.rules);
      }
      if (screen === "log" || screen === "about") {
        await page.type("input", screen === "log" ? "request 1" : "py");
        if (screen === "about") await page.click("li:not([hidden]) summary");
        await look(page, `${name}, searched`, variant.rules);
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
