// Takes a picture of every screen with Chromium: `npm run build && npm run shots -- DIR`.
import { execFile } from "node:child_process";
import { mkdtemp, mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { serve } from "./serve.mjs";

const run = promisify(execFile);
const browser = process.env.CHROMIUM ?? "chromium";
const folder = resolve(process.argv[2] ?? "shots");
const STATES = ["starting", "waiting", "crashing", "unresponsive", "damaged", "too-new", "no-app", "no-port", "no-space", "system", "unreachable", "log"];
const SIZES = [[900, 600, 1], [1600, 1000, 1], [900, 600, 2]];

await mkdir(folder, { recursive: true });
const profile = await mkdtemp(join(tmpdir(), "shots-"));
const { server, address } = await serve();
try {
  for (const state of STATES) {
    for (const theme of ["light", "dark"]) {
      for (const [width, height, scale] of SIZES) {
        const file = join(folder, `${state}-${theme}-${width}x${height}@${scale}.png`);
        const hash = state === "log" ? "#log" : "#failure";
        await run(browser, [
          "--headless", "--no-sandbox", "--hide-scrollbars", `--user-data-dir=${profile}`,
          `--window-size=${width},${height}`, `--force-device-scale-factor=${scale}`, "--virtual-time-budget=800",
          `--screenshot=${file}`, `${address}/?state=${state}&theme=${theme}${hash}`,
        ]);
        console.log(file);
      }
    }
  }
} finally {
  server.close();
  await rm(profile, { recursive: true, force: true });
}
