// What the check found in a bundle: the facts that decide how it will run, what was dropped, every file.
import type { ReactNode } from "react";
import { runtimeWords } from "~/app/deployments/deployment-words";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { bytesWords, countOf, spanWords } from "~/app/ui/measures";
import { Notice } from "~/app/ui/notice";
import { Panel } from "~/app/ui/panel";
import { Tag } from "~/app/ui/tag";
import type { UploadItem } from "~/server/bundles/bundles.contract";
import { SourceLink } from "./source-link";

export function BundlePreview({ upload, actions }: { upload: UploadItem; actions?: ReactNode }) {
  const { manifest } = upload;
  const runtimes = Array.isArray(manifest.runtime) ? manifest.runtime : [manifest.runtime];
  return (
    <Panel
      title={<span className="break-all">{upload.fileName}</span>}
      description={`${bytesWords(upload.sizeBytes)}, ${countOf(upload.files.length, "file")}, checked entry by entry`}
      actions={actions}
    >
      {upload.warnings.length > 0 ? (
        <Notice tone="warning" title={countOf(upload.warnings.length, "remark")} className="mb-5">
          <ul className="list-disc pl-4">
            {upload.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Notice>
      ) : null}
      <dl className="grid grid-cols-1 gap-x-6 gap-y-4 text-sm sm:grid-cols-2">
        <Fact name="Entry point">
          <code className="break-all font-mono text-[0.8125rem]">{manifest.entrypoint}</code>
        </Fact>
        {upload.source ? (
          <Fact name="From">
            <SourceLink source={upload.source} />
          </Fact>
        ) : null}
        <Fact name="Runs on">{runtimes.map((runtime) => runtimeWords[runtime]).join(" or ")}</Fact>
        <Fact name="May reach">
          <NetworkWords allow={manifest.network?.allow} />
        </Fact>
        <Fact name="Limits">
          {spanWords(manifest.limits.timeoutMs)} per call, {manifest.limits.memoryMb} MB
        </Fact>
        <Fact name="SHA-256">
          <code className="break-all font-mono text-ink-2 text-xs">{upload.sha256}</code>
        </Fact>
        <Fact name="Secrets">
          <SecretNames required={manifest.env.requiredKeys} optional={manifest.env.optionalKeys} />
        </Fact>
      </dl>
      <FileList upload={upload} />
    </Panel>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-[0.8125rem] text-ink-3">{name}</dt>
      <dd className="mt-0.5 leading-6">{children}</dd>
    </div>
  );
}

export function NetworkWords({ allow }: { allow: string[] | null | undefined }) {
  if (!allow) return <>Any public host</>;
  if (allow.length === 0) return <>No host at all</>;
  return (
    <span className="flex flex-wrap gap-1 pt-0.5">
      {allow.map((host) => (
        <Tag key={host} isMono>
          {host}
        </Tag>
      ))}
    </span>
  );
}

function SecretNames({ required, optional }: { required: string[]; optional: string[] }) {
  if (required.length + optional.length === 0) return <>Needs none</>;
  return (
    <span className="flex flex-wrap gap-1 pt-0.5">
      {required.map((name) => (
        <Tag key={name} isMono>
          {name}
        </Tag>
      ))}
      {optional.map((name) => (
        <Tag key={name} isMono className="border-dashed">
          {name} <span className="font-sans text-ink-3">optional</span>
        </Tag>
      ))}
    </span>
  );
}

const filesShownMax = 500;

function FileList({ upload }: { upload: UploadItem }) {
  return (
    <details className="mt-5 border-line border-t pt-3">
      <summary className="inline-flex h-7 items-center rounded text-[0.8125rem] text-ink-2 hover:text-ink">
        Show {countOf(upload.files.length, "file")}
      </summary>
      <div className="mt-2 max-h-72 overflow-y-auto rounded-md border border-line">
        <DataTable
          caption="Files of the bundle"
          head={
            <>
              <HeadCell>Path</HeadCell>
              <HeadCell isNumber>Size</HeadCell>
            </>
          }
        >
          {upload.files.slice(0, filesShownMax).map((file) => (
            <tr key={file.path}>
              <Cell className="h-8 font-mono text-xs">{file.path}</Cell>
              <Cell isNumber className="h-8 text-xs">
                {bytesWords(file.sizeBytes)}
              </Cell>
            </tr>
          ))}
        </DataTable>
      </div>
    </details>
  );
}
