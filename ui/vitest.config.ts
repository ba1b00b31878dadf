import { defineConfig } from "vitest/config";

export default defineConfig({
  // The messages of `locales/` lie outside this folder.
  server: { fs: { allow: [".."] } },
  test: { include: ["test/**/*.test.ts"], environment: "jsdom", setupFiles: "test/setup.ts", restoreMocks: true },
});
