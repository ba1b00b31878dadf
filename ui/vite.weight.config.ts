import { readFileSync } from "node:fs";
import { defineConfig } from "vite";

// The drawing of an app's weight: one classic script, which the command `waterskin` puts into the report that it writes. Not
// in `dist`, all of which goes into the shell.
export default defineConfig({
  publicDir: false,
  build: {
    target: ["es2021", "safari15"],
    outDir: "dist-report",
    lib: { entry: "src/weight/main.ts", formats: ["iife"], name: "weight", fileName: () => "weight.js" },
    rollupOptions: {
      output: { banner: `/*!\nWith d3-hierarchy:\n${readFileSync("node_modules/d3-hierarchy/LICENSE", "utf8")}*/` },
    },
  },
});
