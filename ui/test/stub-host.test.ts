import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const names = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((found) => found[1]).sort();

test("the stand-in for the host has the host's commands, and no others", () => {
  const host = names(read("../src/gen/commands.ts"), /^ {2}(\w+): \(/gm);
  const [, commands = ""] = read("../dev/stub-host.js").split("const commands = {");
  const [own = ""] = commands.split("\n  };");
  expect(host.length).toBeGreaterThan(10);
  expect(names(own, /^ {4}(\w+): /gm)).toEqual(host);
});
