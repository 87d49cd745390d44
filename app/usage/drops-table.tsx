// Deployments whose calls were not all reported: what the gateway let through against what came.
import { Link } from "@remix-run/react";
import { paths } from "~/app/paths";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { countWords, shareWords } from "~/app/ui/measures";
import { Panel } from "~/app/ui/panel";
import type { DeploymentDrop } from "~/server/telemetry/usage.contract";

type Props = { drops: DeploymentDrop[]; workspaceId: string };

/** Nothing when nothing is missing. */
export function DropsTable({ drops, workspaceId }: Props) {
  const missing = drops.filter((drop) => drop.missingEvents > 0);
  if (missing.length === 0) return null;
  return (
    <Panel title="Missing reports" description="What the gateway let through against what runtimes reported, by version." isFlush>
      <DataTable
        caption="Missing reports per version"
        head={
          <>
            <HeadCell>Agent and version</HeadCell>
            <HeadCell isNumber>Expected</HeadCell>
            <HeadCell isNumber>Received</HeadCell>
            <HeadCell isNumber>Missing</HeadCell>
          </>
        }
      >
        {missing.map(({ agentId, agentName, deploymentId, version, expectedEvents, receivedEvents, missingEvents }) => (
          <tr key={deploymentId}>
            <Cell className="h-9">
              <Link className="hover:underline" to={paths.deployment({ workspaceId, agentId }, deploymentId)}>
                {agentName}, version {version}
              </Link>
            </Cell>
            <Cell isNumber className="h-9">
              {countWords(expectedEvents)}
            </Cell>
            <Cell isNumber className="h-9">
              {countWords(receivedEvents)}
            </Cell>
            <Cell isNumber className="h-9">
              {shareWords(missingEvents, expectedEvents)}
            </Cell>
          </tr>
        ))}
      </DataTable>
    </Panel>
  );
}
