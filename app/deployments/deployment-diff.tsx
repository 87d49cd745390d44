// What is different between a deployment and the live one.
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { bytesWords } from "~/app/ui/measures";
import { Panel } from "~/app/ui/panel";
import type { DeploymentDetail } from "~/server/deployments/deployments.contract";
import { runtimeWords } from "./deployment-words";

type Fact = { name: string; of: (deployment: DeploymentDetail) => string };

const facts: Fact[] = [
  { name: "Bundle", of: (deployment) => deployment.bundleSha256.slice(0, 16) },
  { name: "Size", of: (deployment) => bytesWords(deployment.sizeBytes) },
  { name: "Files", of: (deployment) => String(deployment.filesCount) },
  { name: "Runtime", of: (deployment) => runtimeWords[deployment.runtime] },
  {
    name: "Network",
    of: (deployment) => deployment.networkAllow?.join(", ") || (deployment.networkAllow ? "no host" : "any public host"),
  },
  { name: "Required secrets", of: (deployment) => [...deployment.requiredKeys].sort().join(", ") || "none" },
];

export function DeploymentDiff({ deployment, live }: { deployment: DeploymentDetail; live: DeploymentDetail }) {
  const differing = [...facts, ...secretFacts(deployment, live)].filter((fact) => fact.of(deployment) !== fact.of(live));
  return (
    <Panel title={`Against the live v${live.version}`} isFlush>
      {differing.length === 0 ? (
        <p className="px-5 py-4 text-ink-2 text-sm">The same bundle with the same secrets.</p>
      ) : (
        <DataTable
          caption={`Differences between v${deployment.version} and v${live.version}`}
          head={
            <>
              <HeadCell>What</HeadCell>
              <HeadCell>v{deployment.version}</HeadCell>
              <HeadCell>v{live.version}, live</HeadCell>
            </>
          }
        >
          {differing.map((fact) => (
            <tr key={fact.name}>
              <Cell className="h-10 whitespace-nowrap text-ink-3">{fact.name}</Cell>
              <Cell className="h-10 font-mono text-ink text-xs">{fact.of(deployment)}</Cell>
              <Cell className="h-10 font-mono text-xs">{fact.of(live)}</Cell>
            </tr>
          ))}
        </DataTable>
      )}
    </Panel>
  );
}

export function secretFacts(deployment: DeploymentDetail, live: DeploymentDetail): Fact[] {
  const names = [...new Set([...Object.keys(deployment.secretVersions), ...Object.keys(live.secretVersions)])].sort();
  return names.map((name) => ({
    name,
    of: ({ secretVersions }) => (secretVersions[name] ? `v${secretVersions[name]}` : "not set"),
  }));
}
