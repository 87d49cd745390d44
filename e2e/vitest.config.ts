// The browser tests: the whole product as `npm start` runs it, walked by a real Chromium. Two files at a time, each with a product of its own.
import { defineConfig } from "vitest/config";
import { longestFirst } from "../server/testing/longest-first";

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

/** It kills what it can and counts the seconds until all is well again: it has the machine to itself, after the others. */
const killing = "e2e/kill.test.ts";
/** Of the others, longest first; vitest itself would go by the size of a file. */
const longest = ["webhooks", "playground", "main-job", "billing", "three-runtimes", "canary"].map(
  (name) => `e2e/${name}.test.ts`,
);
const each = {
  pool: "forks",
  testTimeout: 240_000,
  hookTimeout: 240_000,
  retry: 0,
  expect: { poll: { timeout: 10_000 } },
} as const;
const ground = { root, resolve: { alias: { "~": root } } };

export default defineConfig({
  ...ground,
  test: {
    sequence: { sequencer: longestFirst(longest) },
    projects: [
      {
        ...ground,
        test: {
          ...each,
          name: "browser",
          include: ["e2e/**/*.test.ts"],
          exclude: [killing],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      { ...ground, test: { ...each, name: "killing", include: [killing], maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
