// The system's Chromium, driven by Puppeteer, on the built screens with the stand-in for the host.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import puppeteer from "puppeteer-core";
import { serve } from "./serve.mjs";

/** Every state that has a screen, and the other windows. */
export const SCREENS = [
  "starting", "waiting", "stopping", "crashing", "unresponsive", "damaged", "too-new", "no-app", "no-port", "no-space",
  "no-permission", "old-web-view", "unlocking", "keychain", "system", "unreachable", "secrets", "secrets-again", "secrets-asked", "log", "about",
  "inspector", "inspector-waiting", "inspector-detail",
];

/** The first Chromium that is on the path, or none. */
export function chromium() {
  const names = process.env.CHROMIUM ? [process.env.CHROMIUM] : ["chromium", "google-chrome", "chromium-browser"];
  const places = names.flatMap((name) => (name.includes("/") ? [name] : (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name))));
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

// What a session of the protocol sets lasts as long as the session.
const sessions = new WeakMap();

/** Has a page live on a system with these features, a name and a value each. Puppeteer's own way knows fewer. */
export async function emulate(page, features) {
  if (!sessions.has(page)) sessions.set(page, await page.createCDPSession());
  await sessions.get(page).send("Emulation.setEmulatedMedia", { features });
}

/** Opens pages until `work` is done. `open` gives a page that shows a screen, and that has to be closed. */
export async function withScreens(work) {
  const { server, address } = await serve();
  // Chromium's own sandbox does not start as root.
  const browser = await puppeteer.launch({ executablePath: chromium(), args: ["--no-sandbox", "--hide-scrollbars", "--disable-gpu"] });
  const open = async (screen, { theme = "light", scheme = theme, width = 900, height = 600, scale = 1, query = "", media = [] } = {}) => {
    const page = await browser.newPage();
    await page.setViewport({ width, height, deviceScaleFactor: scale });
    await emulate(page, [{ name: "prefers-color-scheme", value: scheme }, ...media]);
    // The windows that have a page of their own.
    const own = ["log", "inspector"].find((name) => screen.startsWith(name));
    const hash = screen === "about" ? "#about" : screen.startsWith("secrets") && screen !== "secrets-asked" ? "#secrets" : "#failure";
    await page.goto(`${address}/${own === undefined ? "" : `${own}.html`}?state=${screen}&theme=${theme}${query}${own === undefined ? hash : ""}`);
    await page.waitForSelector(own === undefined ? "main :is(.line, h1, h2)" : { log: ".xterm-rows span", inspector: ".inspector .body .row" }[own]);
    if (screen === "inspector-detail") await page.evaluate(() => document.querySelector(".inspector .row.run:not([hidden])").click());
    return page;
  };
  try {
    await work(open);
  } finally {
    await browser.close();
    server.close();
  }
}
