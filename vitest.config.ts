// Which tests there are and what they get before they start; Remix's plugin stays out.
import { defineConfig } from "vitest/config";

const alias = { "~": new URL(".", import.meta.url).pathname.replace(/\/$/, "") };

export default defineConfig({
  resolve: { alias },
  test: {
    include: ["{app,server,db,jobs,runtime,launch,checks,examples}/**/*.test.{ts,tsx}"],
    globalSetup: ["server/testing/global-setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    retry: 0,
    passWithNoTests: false,
  },
});
