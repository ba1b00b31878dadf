import { defineConfig } from "vite";

// The shell's own screens. Fixed file names: a build of the same source gives the same files, and nothing stale stays behind.
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    target: ["es2021", "safari15"],
    emptyOutDir: false,
    modulePreload: false,
    assetsInlineLimit: 0,
    rollupOptions: {
      output: {
        entryFileNames: "screens.js",
        assetFileNames: "screens[extname]",
        inlineDynamicImports: true,
      },
    },
  },
});
