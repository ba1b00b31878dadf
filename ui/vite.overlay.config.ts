import { defineConfig } from "vite";

// The splash over the Streamlit page: one classic script, since it is run before the document has a body.
export default defineConfig({
  publicDir: false,
  build: {
    target: ["es2021", "safari15"],
    emptyOutDir: false,
    lib: { entry: "src/overlay/main.ts", formats: ["iife"], name: "waterskin", fileName: () => "overlay.js" },
  },
});
