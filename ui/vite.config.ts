import { defineConfig } from "vite";

// The shell's own screens. Fixed file names: a build of the same source gives the same files, and nothing stale stays behind.
/** What only one of the pages needs. */
const OWN = /\/src\/(log|screens|about|secrets|inspector)\/|@xterm|\.html/;

export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    target: ["es2021", "safari15"],
    emptyOutDir: false,
    modulePreload: false,
    assetsInlineLimit: 0,
    rollupOptions: {
      // The log has a page of its own: its terminal is large, and asks for more than the other screens may do.
      input: { screens: "index.html", log: "log.html", inspector: "inspector.html" },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "shared.js",
        assetFileNames: "[name][extname]",
        manualChunks: (id) => (OWN.test(id) ? undefined : "shared"),
      },
    },
  },
});
