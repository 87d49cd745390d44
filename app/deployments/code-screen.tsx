// The code browser of one version: the files on the left, one of them on the right.
import { FormSummary } from "~/app/form-summary";
import { type AgentPlace, paths } from "~/app/paths";
import type { FormProblem } from "~/app/rpc";
import { countOf } from "~/app/ui/measures";
import { Notice } from "~/app/ui/notice";
import { Panel } from "~/app/ui/panel";
import { ScrollArea } from "~/app/ui/scroll-area";
import type { DeploymentFile, DeploymentFiles } from "~/server/deployments/compare.contract";
import type { DeploymentDetail } from "~/server/deployments/deployments.contract";
import { BundleFiles } from "./bundle-files";
import { CodeView } from "./code-view";
import { VersionFrame } from "./version-frame";

type Props = {
  deployment: DeploymentDetail;
  at: AgentPlace;
  files: DeploymentFiles;
  file: DeploymentFile | null;
  problem: FormProblem | null;
};

export function CodeScreen({ deployment, at, files, file, problem }: Props) {
  return (
    <VersionFrame deployment={deployment} at={at}>
      <FormSummary problem={problem} />
      {files.isPruned ? (
        <Notice tone="info" title="The zip of this version is not kept any more">
          What it was made of is still known: names, sizes and digests.
        </Notice>
      ) : null}
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,18rem)_minmax(0,1fr)] lg:items-start">
        <Panel title={countOf(files.items.length, "file")} isFlush>
          <ScrollArea label="Files" className="max-h-72 lg:max-h-[42rem]">
            <BundleFiles
              files={files}
              openPath={file?.path ?? null}
              toFile={(path) => paths.deploymentCode(at, deployment.deploymentId, path)}
            />
          </ScrollArea>
        </Panel>
        {file ? <CodeView key={file.path} file={file} /> : null}
      </div>
    </VersionFrame>
  );
}
