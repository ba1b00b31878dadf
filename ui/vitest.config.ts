import { defineConfig } from "vitest/config";

export default defineConfig({
  // The messages of `locales/` lie outside this folder.
  server: { fs: { allow: [".."] } },
  // A test that takes long has not failed: time is measured elsewhere, and this is for one that hangs.
  test: { testTimeout: 120_000, hookTimeout: 120_000, include: ["test/**/*.test.ts"], environment: "jsdom", setupFiles: "test/setup.ts", restoreMocks: true },
});
