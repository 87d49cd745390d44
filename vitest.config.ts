// Which tests there are, in which order they begin, and what they get before they start; Remix's plugin stays out.
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./server/testing/longest-first";

const alias = { "~": new URL(".", import.meta.url).pathname.replace(/\/$/, "") };
const isShuffled = process.argv.some((word) => word.startsWith("--sequence.shuffle"));

export default defineConfig({
  resolve: { alias },
  test: {
    include: ["{app,server,db,jobs,runtime,launch,checks,examples}/**/*.test.{ts,tsx}"],
    globalSetup: ["server/testing/global-setup.ts"],
    pool: "forks",
    // Half of what tests do is waiting: one more than there are processors, and no more than Redis has databases for.
    maxWorkers: Math.min(6, availableParallelism() + 1),
    ...(isShuffled ? {} : { sequence: { sequencer: LongestFirst } }),
    // How long a busy machine is waited for. What is promised within a time says so in its test.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000, interval: 20 } },
    retry: 0,
    passWithNoTests: false,
  },
});
