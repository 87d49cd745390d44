// One file of a bundle as text with line numbers; colours follow once the browser has them.
import { CopyButton } from "~/app/ui/copy-button";
import { bytesWords, countOf } from "~/app/ui/measures";
import { Notice } from "~/app/ui/notice";
import { Panel } from "~/app/ui/panel";
import { ScrollArea } from "~/app/ui/scroll-area";
import type { DeploymentFile } from "~/server/deployments/compare.contract";
import { useColours } from "./use-colours";

const leftOutWords: Record<NonNullable<DeploymentFile["leftOut"]>, string> = {
  binary: "This file is not text, so there is nothing to show.",
  too_large: "This file is larger than 512 KiB, the most that is shown here.",
  pruned: "This version is too old to be kept: its zip is gone. Its files are known by name and digest.",
};

export function CodeView({ file }: { file: DeploymentFile }) {
  const { text } = file;
  return (
    <Panel
      isFlush
      title={<span className="break-all font-mono text-[0.8125rem]">{file.path}</span>}
      description={
        <span className="tabular">
          {bytesWords(file.sizeBytes)}
          {text === null ? "" : `, ${countOf(linesOf(text), "line")}`}, sha256{" "}
          <code className="font-mono text-xs" title={file.sha256}>
            {file.sha256.slice(0, 12)}…
          </code>
        </span>
      }
      actions={text === null ? null : <CopyButton text={text} label={`Copy ${file.path}`} />}
    >
      {file.isMasked ? (
        <Notice tone="warning" title="Something here looks like a credential" className="m-4 sm:m-5">
          It is shown as <code className="font-mono">[redacted]</code>. The bundle itself holds it: move it to the Secrets page,
          then replace it where it came from.
        </Notice>
      ) : null}
      {text === null ? (
        <p className="px-4 py-6 text-ink-2 text-sm sm:px-5">{leftOutWords[file.leftOut ?? "binary"]}</p>
      ) : (
        <Text path={file.path} text={text} />
      )}
    </Panel>
  );
}

function Text({ path, text }: { path: string; text: string }) {
  const coloured = useColours(path, text);
  const numbers = Array.from({ length: linesOf(text) }, (_, line) => line + 1).join("\n");
  return (
    <ScrollArea label={`Text of ${path}`} className="max-h-[42rem]">
      <div className="flex min-w-full font-mono text-xs leading-5">
        <pre
          aria-hidden="true"
          className="tabular sticky left-0 select-none border-line border-r bg-sunken px-3 py-3 text-right text-ink-3"
        >
          {numbers}
        </pre>
        <pre className="px-4 py-3 text-ink">
          <code>{coloured ?? text}</code>
        </pre>
      </div>
    </ScrollArea>
  );
}

function linesOf(text: string): number {
  return text.replace(/\n$/, "").split("\n").length;
}
