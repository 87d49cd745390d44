// Which tests there are, in which order they begin, and what they get before they start; Remix's plugin stays out.
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./server/testing/longest-first";
import { listOwnProcessFiles } from "./server/testing/own-process";

const root = new URL(".", import.meta.url).pathname.replace(/\/$/, "");
const folders = ["app", "server", "db", "jobs", "runtime", "launch", "checks", "examples"];
const ownProcess = listOwnProcessFiles(root, folders);
const isShuffled = process.argv.some((word) => word.startsWith("--sequence.shuffle"));

const ground = { root, resolve: { alias: { "~": root } } };
const each = {
  pool: "forks",
  setupFiles: "server/testing/same-cases.ts",
  // How long a busy machine is waited for. What is promised within a time says so in its test.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 30_000, interval: 20 } },
  retry: 0,
} as const;

export default defineConfig({
  ...ground,
  test: {
    globalSetup: ["server/testing/global-setup.ts"],
    // Half of what tests do is waiting: one more than there are processors, and no more than Redis has databases for.
    maxWorkers: Math.min(6, availableParallelism() + 1),
    ...(isShuffled ? {} : { sequence: { sequencer: LongestFirst } }),
    passWithNoTests: false,
    projects: [
      {
        ...ground,
        test: {
          ...each,
          name: "together",
          include: folders.map((folder) => `${folder}/**/*.test.{ts,tsx}`),
          exclude: ownProcess,
          isolate: false,
        },
      },
      { ...ground, test: { ...each, name: "alone", include: ownProcess } },
    ],
  },
});
