// Is every file formatted and free of what biome.json forbids?
import type { CheckOptions, Finding } from "./check";
import { runTool } from "./run-tool";

type BiomeDiagnostic = {
  category: string;
  severity: string;
  message: string;
  location?: { path?: string; start?: { line: number } };
};

export async function checkLint({ root, write }: CheckOptions): Promise<Finding[]> {
  const act = write ? ["check", "--write"] : ["ci"];
  const args = [...act, "--reporter=json", "--max-diagnostics=200", "--colors=off"];
  const { code, stdout, stderr } = await runTool(root, "@biomejs/biome/bin/biome", args);
  const findings = diagnosticsOf(stdout).filter(isProblem).map(toFinding);
  if (code !== 0 && findings.length === 0) return [{ where: "biome", what: stderr || stdout, mend: "Make `npx biome ci` run." }];
  return findings;
}

function diagnosticsOf(stdout: string): BiomeDiagnostic[] {
  return stdout.startsWith("{") ? (JSON.parse(stdout) as { diagnostics: BiomeDiagnostic[] }).diagnostics : [];
}

function isProblem(diagnostic: BiomeDiagnostic): boolean {
  return ["fatal", "error", "warning"].includes(diagnostic.severity);
}

function toFinding({ category, message, location }: BiomeDiagnostic): Finding {
  const where = `${location?.path ?? "biome.json"}:${location?.start?.line ?? 0}`;
  return { where, what: `${category}: ${message}`, mend: "`npx biome check --write <file>` mends most of it." };
}
