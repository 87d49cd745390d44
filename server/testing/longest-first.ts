// The order of test files where none has run before: those that take long begin first, so that none of them is left over at the end.
import { existsSync } from "node:fs";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Of the unit and integration tests: ten seconds and more, longest first; vitest itself would go by the size of a file. */
const longestTests: readonly string[] = [
  "server/isolation/walk-procedures.test.ts",
  "server/isolation/walk-pages.test.ts",
  "server/providers/agentcore/agentcore-provider.test.ts",
  "server/providers/agentcore/faults.test.ts",
  "server/providers/cloudflare/cloudflare-provider.test.ts",
  "server/providers/cloudflare/dispatched-provider.test.ts",
  "server/providers/cloudflare/vendor-faults.test.ts",
  "server/providers/embedded/limits.test.ts",
  "server/budgets/killed-gateways.test.ts",
  "server/invocations/survived-kills.test.ts",
  "server/isolation/walk-routes.test.ts",
  "server/isolation/sealed-outputs.test.ts",
  "server/isolation/open-redirect.test.ts",
  "server/billing/any-order.test.ts",
  "server/providers/agentcore/processes.test.ts",
  "server/invocations/resume-stream.test.ts",
  "server/logs/survived-kills.test.ts",
  "server/providers/embedded/hostile-agents.test.ts",
  "server/providers/embedded/streams.test.ts",
  "server/rotation/kill-rotation.test.ts",
  "server/telemetry/kill.test.ts",
  "server/providers/embedded/embedded-provider.test.ts",
];

export function longestFirst(longest: readonly string[]): typeof BaseSequencer {
  return class extends BaseSequencer {
    override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      const gone = longest.find((file) => !existsSync(file));
      if (gone) throw new Error(`${gone} is not there any more: take it off the list of the longest test files.`);
      const sorted = await super.sort(files);
      return sorted.sort((one, other) => rankOf(longest, one) - rankOf(longest, other));
    }
  };
}

export const LongestFirst = longestFirst(longestTests);

/** A process that has the next file of its kind to go on with is kept: those with a process of their own come before the others. */
function rankOf(longest: readonly string[], { moduleId, project }: TestSpecification): number {
  const rank = longest.findIndex((file) => moduleId.endsWith(`/${file}`));
  if (rank !== -1) return rank;
  return project.config.isolate ? longest.length : longest.length + 1;
}
