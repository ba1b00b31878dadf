// Takes a picture of every screen with Chromium: `npm run build && npm run shots -- DIR [SCREEN...]`.
// `--docs` takes the few that the documentation shows, as WebP.
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { SCREENS, withScreens } from "./chromium.mjs";

const docs = process.argv.includes("--docs");
const [folder, ...named] = process.argv.slice(2).filter((argument) => argument !== "--docs");
const place = resolve(folder ?? "shots");
const size = (screen) => (docs && screen === "inspector" ? [[1120, 880, 2]] : SIZES);
const SIZES = docs ? [[900, 600, 2]] : [[900, 600, 1], [1600, 1000, 1], [900, 600, 2], [1600, 1000, 2]];
const chosen = docs ? ["starting", "waiting", "crashing", "damaged", "secrets", "log", "about", "inspector"] : SCREENS;

await mkdir(place, { recursive: true });
await withScreens(async (open) => {
  for (const screen of named.length > 0 ? named : chosen) {
    for (const theme of ["light", "dark"]) {
      for (const [width, height, scale] of size(screen)) {
        const page = await open(screen, { theme, width, height, scale });
        const name = docs ? `${screen}-${theme}.webp` : `${screen}-${theme}-${width}x${height}@${scale}.png`;
        await page.screenshot(docs ? { path: join(place, name), type: "webp", quality: 80 } : { path: join(place, name) });
        await page.close();
        console.log(join(place, name));
      }
    }
  }
});
