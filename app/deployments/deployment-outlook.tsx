// What a deployment would do, told before its button: the version it makes, what steps back, what changes, what stands against it.
import { countOf, spanWords } from "~/app/ui/measures";
import { Notice } from "~/app/ui/notice";
import { Panel } from "~/app/ui/panel";
import type { DeploymentPlan } from "~/server/deployments/foresight.contract";
import { runtimeWords } from "./deployment-words";

export function DeploymentOutlook({ plan }: { plan: DeploymentPlan }) {
  const against = plan.refusals.filter((refusal) => refusal.reason !== "secrets_missing");
  return (
    <Panel title={`This makes version ${plan.version}`} description={replacing(plan)}>
      <ul className="grid gap-1.5 text-ink-2 text-sm leading-6">
        {linesOf(plan).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <ManifestChanges plan={plan} />
      {against.map((refusal) => (
        <Notice key={refusal.message} tone="warning" title="This would be refused now" className="mt-4">
          {refusal.message}
        </Notice>
      ))}
    </Panel>
  );
}

function replacing({ replaces }: DeploymentPlan): string {
  if (!replaces) return "No version is live yet, so it replaces none.";
  return `If it goes live, it replaces version ${replaces.version}, which stays ready for a rollback.`;
}

function linesOf(plan: DeploymentPlan): string[] {
  const { secrets, missingKeys, golden, outOfReach } = plan;
  const runtime = plan.runtime ? `Runs on ${runtimeWords[plan.runtime]}` : "Runs nowhere yet";
  const newer = secrets.filter((secret) => secret.liveVersion !== null && secret.liveVersion !== secret.version);
  return [
    `${runtime}, with ${spanWords(plan.timeoutMs)} per call and ${plan.memoryMb} MB.`,
    filesLine(plan),
    missingKeys.length > 0 ? `Needs a value for ${missingKeys.join(", ")}.` : "",
    secrets.length > 0 ? `Starts with ${secrets.map((secret) => `${secret.name} v${secret.version}`).join(", ")}.` : "",
    newer.length > 0 ? `Newer than the live version has: ${newer.map((secret) => secret.name).join(", ")}.` : "",
    golden.length > 0 ? `${countOf(golden.length, "golden call")} must pass before it goes live.` : "",
    outOfReach.length > 0
      ? `Your plan then no longer keeps ${outOfReach.map(({ version }) => `version ${version}`).join(", ")} for a rollback.`
      : "",
  ].filter((line) => line !== "");
}

function filesLine({ files, replaces }: DeploymentPlan): string {
  if (!replaces) return `Brings ${countOf(files.added, "file")}.`;
  const { added, changed, removed } = files;
  if (added + changed + removed === 0) return "The same files as the live version.";
  const parts = [[changed, "changed"] as const, [added, "added"] as const, [removed, "removed"] as const];
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${countOf(count, "file")} ${word}`);
  return `Against the live version: ${said.join(", ")}.`;
}

function ManifestChanges({ plan: { manifest } }: { plan: DeploymentPlan }) {
  if (manifest.length === 0) return null;
  return (
    <dl className="mt-4 grid gap-2 border-line border-t pt-3 text-[0.8125rem]">
      {manifest.map(({ path, before, after }) => (
        <div key={path} className="flex flex-wrap gap-x-3">
          <dt className="text-ink-3">{path}</dt>
          <dd className="break-all font-mono text-ink-2 text-xs leading-5">
            {before ?? "absent"} <span aria-hidden="true">→</span>
            <span className="sr-only">becomes</span> <span className="text-ink">{after ?? "absent"}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
