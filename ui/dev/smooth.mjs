// How smooth the inspector is with 2,000 frames a second, with Chromium: `npm run build && npm run smooth`. First as much as an
// hour of an ordinary app, and more than the window keeps, goes by; then the times between its pictures are measured, and its
// memory before and after.
import { chromium, withScreens } from "./chromium.mjs";

const SECONDS = Number(process.env.SECONDS ?? "10");
/** A picture that comes later than this after the one before is seen to be late: three frames of a display of 60 Hz. */
const LATE_MS = 50;

/** Sends lines for so many seconds at 2,000 a second in batches as the host does, and gives the times between pictures. */
function feed(seconds) {
  return new Promise((done) => {
    const began = performance.now();
    const times = [];
    let before = began;
    let sent = 0;
    const timer = setInterval(() => {
      const due = Math.floor(((performance.now() - began) / 1000) * 2000);
      if (due > sent) window.stub.batch(window.frames2000(due - sent));
      sent = due;
    }, 80);
    const picture = (now) => {
      times.push(now - before);
      before = now;
      if (now - began < seconds * 1000) return requestAnimationFrame(picture);
      clearInterval(timer);
      done({ times: times.slice(1), sent });
    };
    requestAnimationFrame(picture);
  });
}

if (chromium() === undefined) {
  console.log("skipped: there is no Chromium");
  process.exit(0);
}
await withScreens(async (open) => {
  const page = await open("inspector", { width: 1120, height: 720 });
  await page.evaluate(() => {
    let at = 50_000;
    const kinds = ["new_session", "delta", "delta", "delta", "delta", "delta", "delta", "script_finished"];
    let count = 0;
    window.frames2000 = (number) =>
      Array.from({ length: number }, () => {
        count += 1;
        return { type: "frame", stream: 1, at: (at += 0.5), to: "window", opcode: "binary", fin: true, length: 200 + (count % 5000), message: kinds[count % kinds.length] };
      });
  });
  const client = await page.createCDPSession();
  const memory = async () => {
    await client.send("HeapProfiler.collectGarbage");
    return (await client.send("Runtime.getHeapUsage")).usedSize / 1e6;
  };
  await page.evaluate(() => {
    for (let at = 0; at < 1000; at += 1) window.stub.batch(window.frames2000(400));
  });
  await page.evaluate(feed, 1);
  const before = await memory();
  const { times, sent } = await page.evaluate(feed, SECONDS);
  const after = await memory();
  const rows = await page.evaluate(() => document.querySelectorAll(".inspector .body .row").length);
  times.sort((one, other) => one - other);
  const part = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1);
  const late = times.filter((time) => time > LATE_MS).length;
  console.log(`${sent} frames in ${SECONDS} s, after 400,000 others`);
  console.log(`between pictures, ms: p50 ${part(0.5)}, p95 ${part(0.95)}, p99 ${part(0.99)}, most ${part(1)}; ${late} of ${times.length} over ${LATE_MS}`);
  console.log(`memory, MB: ${before.toFixed(1)} before, ${after.toFixed(1)} after; ${rows} rows are elements`);
  const good = sent >= SECONDS * 1900 && late <= times.length * 0.02 && after < before * 1.3 + 10 && rows < 80;
  console.log(good ? "smooth" : "not smooth");
  process.exitCode = good ? 0 : 1;
  await page.close();
});
