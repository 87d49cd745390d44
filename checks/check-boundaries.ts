// Does every import go where `.dependency-cruiser.cjs` (docs/architecture.md, "Who may import whom") lets it go?
import type { CheckOptions, Finding } from "./check";
import { runTool } from "./run-tool";

type CruiseSummary = {
  violations: {
    from: string;
    to: string;
    rule: { name: string; severity: string };
    cycle?: { name: string }[];
    comment?: string;
  }[];
  ruleSetUsed?: { forbidden?: { name: string; comment?: string }[]; allowed?: unknown[] };
};

const folders = ["app", "server", "db", "jobs", "runtime", "launch", "checks", "e2e", "bench", "soak"];

export async function checkBoundaries({ root }: CheckOptions): Promise<Finding[]> {
  const args = ["--config", ".dependency-cruiser.cjs", "--output-type", "json", ...folders];
  const { code, stdout, stderr } = await runTool(root, "dependency-cruiser/bin/dependency-cruise.mjs", args);
  if (!stdout.startsWith("{"))
    return [{ where: "dependency-cruiser", what: stderr || stdout, mend: `It ended with ${code}: make it run.` }];
  const { summary } = JSON.parse(stdout) as { summary: CruiseSummary };
  return summary.violations.map((violation) => ({
    where: violation.from,
    what: `${violation.rule.name}: imports ${violation.cycle?.map((step) => step.name).join(" → ") ?? violation.to}`,
    mend: commentOf(summary, violation.rule.name),
  }));
}

function commentOf(summary: CruiseSummary, ruleName: string): string {
  const rule = summary.ruleSetUsed?.forbidden?.find((candidate) => candidate.name === ruleName);
  return rule?.comment ?? "See .dependency-cruiser.cjs.";
}
