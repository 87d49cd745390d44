// The big campaigns, whole: `npm test` runs a seeded sample of each. One file after the other, so that each has the machine to itself.
import { defineConfig } from "vitest/config";

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

export default defineConfig({
  resolve: { alias: { "~": root } },
  root,
  test: {
    include: ["soak/**/*.test.ts"],
    globalSetup: ["server/testing/global-setup.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 180_000,
    retry: 0,
    passWithNoTests: false,
  },
});
