// Which version answers: the live one, or one that whoever may deploy wants to try first.
import { useNavigate } from "@remix-run/react";
import { useAgent } from "~/app/agents/use-agent";
import { paths } from "~/app/paths";
import { CompactSelect } from "~/app/ui/compact-select";
import type { AgentItem } from "~/server/agents/agents.contract";
import type { DeploymentItem } from "~/server/deployments/deployments.contract";

type Props = { agent: AgentItem; versions: readonly DeploymentItem[]; chosen: DeploymentItem | null };

export function VersionChoice({ agent, versions, chosen }: Props) {
  const { at } = useAgent();
  const navigate = useNavigate();
  if (versions.length === 0) return null;
  return (
    <CompactSelect
      label="Version that answers"
      value={chosen?.deploymentId ?? ""}
      onChange={(event) => navigate(paths.playground(at, event.target.value || undefined), { preventScrollReset: true })}
      className="max-w-44"
    >
      <option value="">{agent.activeVersion === null ? "Nothing live" : `v${agent.activeVersion}, live`}</option>
      {versions.map((version) => (
        <option key={version.deploymentId} value={version.deploymentId}>
          v{version.version}, {version.status === "ready" ? "ready" : "superseded"}
        </option>
      ))}
    </CompactSelect>
  );
}
