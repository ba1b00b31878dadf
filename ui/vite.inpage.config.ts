import { defineConfig } from "vite";

// What a web view has no word for, in the page itself where the shell can put nothing over it: one classic script.
export default defineConfig({
  publicDir: false,
  build: {
    target: ["es2021", "safari15"],
    emptyOutDir: false,
    lib: { entry: "src/inpage/main.ts", formats: ["iife"], name: "waterskinInPage", fileName: () => "inpage.js" },
  },
});
