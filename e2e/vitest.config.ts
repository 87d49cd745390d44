// The browser tests: the whole product as `npm start` runs it, walked by a real Chromium. One file after the other.
import { defineConfig } from "vitest/config";

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

export default defineConfig({
  resolve: { alias: { "~": root } },
  root,
  test: {
    include: ["e2e/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    retry: 0,
  },
});
