// How a version differs from another one: the sum first, then every file.
import { GitCompare } from "lucide-react";
import { FormSummary } from "~/app/form-summary";
import type { AgentPlace } from "~/app/paths";
import { EmptyState } from "~/app/ui/empty-state";
import { countOf } from "~/app/ui/measures";
import { Notice } from "~/app/ui/notice";
import { Panel } from "~/app/ui/panel";
import type { VersionDiff } from "~/server/deployments/compare.contract";
import type { DeploymentDetail, DeploymentItem } from "~/server/deployments/deployments.contract";
import { ChangesSummary } from "./changes-summary";
import { CompareForm } from "./compare-form";
import { FileDiff } from "./file-diff";
import type { Changes } from "./load-version";
import { VersionFrame } from "./version-frame";

/** With more than these the files wait folded. */
const openFilesMax = 10;

type Props = {
  deployment: DeploymentDetail;
  at: AgentPlace;
  against: string | null;
  changes: Changes;
  versions: DeploymentItem[];
  hasMore: boolean;
};

export function ChangesScreen({ deployment, at, against, changes, versions, hasMore }: Props) {
  const { diff, problem } = changes;
  return (
    <VersionFrame deployment={deployment} at={at}>
      <CompareForm key={against} deploymentId={deployment.deploymentId} against={against} versions={versions} hasMore={hasMore} />
      <FormSummary problem={problem ?? undefined} />
      {against === null ? (
        <Panel>
          <EmptyState icon={GitCompare} title="Nothing to compare with yet">
            This is the only version. From the next one on you see here what changed, line by line, before it goes live.
          </EmptyState>
        </Panel>
      ) : null}
      {diff ? <Differences diff={diff} /> : null}
    </VersionFrame>
  );
}

function Differences({ diff }: { diff: VersionDiff }) {
  return (
    <>
      <Panel title={`From v${diff.before.version} to v${diff.after.version}`}>
        <ChangesSummary diff={diff} />
      </Panel>
      {diff.hosts.isPartial ? (
        <Notice tone="info">Not every file could be searched for hosts: one is too large, or not kept any more.</Notice>
      ) : null}
      {diff.isMasked ? (
        <Notice tone="warning" title="Something in these lines looks like a credential">
          It is shown as <code className="font-mono">[redacted]</code>. Keep credentials out of bundles: set them on the Secrets
          page and name the key in <code className="font-mono">agent.config.json</code>.
        </Notice>
      ) : null}
      {diff.files.length > 0 ? (
        <Panel title={countOf(diff.files.length + diff.filesMore, "file")} isFlush>
          {diff.files.map((file) => (
            <FileDiff key={file.path} file={file} isOpen={diff.files.length <= openFilesMax && file.leftOut === null} />
          ))}
          {diff.filesMore > 0 ? (
            <p className="border-line border-t px-4 py-3 text-ink-3 text-sm sm:px-5">
              {countOf(diff.filesMore, "further file")} differ and are not listed here.
            </p>
          ) : null}
        </Panel>
      ) : null}
    </>
  );
}
