// What a deployment is made of.
import type { ReactNode } from "react";
import { NetworkWords } from "~/app/bundles/bundle-preview";
import { SourceLink } from "~/app/bundles/source-link";
import { CopyButton } from "~/app/ui/copy-button";
import { bytesWords, countOf } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { ShortId } from "~/app/ui/short-id";
import { Tag } from "~/app/ui/tag";
import type { DeploymentDetail } from "~/server/deployments/deployments.contract";
import { runtimeWords } from "./deployment-words";

export function DeploymentFacts({ deployment }: { deployment: DeploymentDetail }) {
  const secrets = Object.entries(deployment.secretVersions);
  return (
    <Panel title="Made of">
      <dl className="grid grid-cols-1 gap-3.5 text-sm">
        <Fact name="Deployment">
          <ShortId id={deployment.deploymentId} />
        </Fact>
        <Fact name="Bundle">
          <span className="break-all">{deployment.fileName}</span>, {bytesWords(deployment.sizeBytes)},{" "}
          {countOf(deployment.filesCount, "file")}
        </Fact>
        {deployment.source ? (
          <Fact name="From">
            <SourceLink source={deployment.source} />
          </Fact>
        ) : null}
        <Fact name="SHA-256">
          <span className="inline-flex items-center gap-1">
            <code className="font-mono text-xs" title={deployment.bundleSha256}>
              {deployment.bundleSha256.slice(0, 16)}…
            </code>
            <CopyButton text={deployment.bundleSha256} label="Copy the SHA-256" />
          </span>
        </Fact>
        <Fact name="Runtime">{runtimeWords[deployment.runtime]}</Fact>
        <Fact name="May reach">
          <NetworkWords allow={deployment.networkAllow} />
        </Fact>
        <Fact name="Secrets">
          {secrets.length === 0 ? "none" : null}
          <span className="flex flex-wrap gap-1">
            {secrets.map(([name, version]) => (
              <Tag key={name} isMono>
                {name} v{version}
              </Tag>
            ))}
          </span>
        </Fact>
        <Fact name="Made">
          <Moment at={deployment.createdAt} />
        </Fact>
      </dl>
    </Panel>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[6.5rem_minmax(0,1fr)] items-baseline gap-3">
      <dt className="text-[0.8125rem] text-ink-3">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
