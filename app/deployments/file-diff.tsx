// One differing file with its lines, the numbers of both sides beside them.
import { classNames } from "~/app/ui/class-names";
import { bytesWords } from "~/app/ui/measures";
import { ScrollArea } from "~/app/ui/scroll-area";
import { Tag } from "~/app/ui/tag";
import type { DiffLine, FileChange } from "~/server/deployments/compare.contract";

type LeftOut = NonNullable<FileChange["leftOut"]>;

const leftOutWords: Record<LeftOut, string> = {
  binary: "Not text, so there are no lines to show.",
  too_large: "Too large to be compared line by line.",
  too_different: "Too different to be compared line by line.",
  too_many: "So many files differ that the lines of this one are left out.",
  withheld: "Its lines are for those who may read the code of bundles.",
  pruned: "One of the two bundles is too old to be kept; its lines are gone, its digests are not.",
};

export function FileDiff({ file, isOpen }: { file: FileChange; isOpen: boolean }) {
  return (
    <details open={isOpen} className="group border-line border-b last:border-b-0">
      <summary className="flex min-h-11 cursor-pointer flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 hover:bg-hover/50 sm:px-5">
        <span className="min-w-0 flex-1 break-all font-mono text-[0.8125rem] text-ink">{file.path}</span>
        <Tag>{file.change}</Tag>
        <Counts file={file} />
      </summary>
      {file.hunks && file.hunks.length > 0 ? (
        <Lines file={file} hunks={file.hunks} />
      ) : (
        <p className="px-4 pb-4 text-[0.8125rem] text-ink-3 sm:px-5">{noLinesWords(file)}</p>
      )}
    </details>
  );
}

function Counts({ file }: { file: FileChange }) {
  if (file.added === null || file.removed === null) {
    return <span className="tabular text-ink-3 text-xs">{bytesWords(file.afterBytes ?? file.beforeBytes ?? 0)}</span>;
  }
  return (
    <span className="tabular font-mono text-xs">
      <span className="text-live">
        +{file.added}
        <span className="sr-only"> lines</span>
      </span>{" "}
      <span className="text-failed">
        −{file.removed}
        <span className="sr-only"> lines</span>
      </span>
    </span>
  );
}

function noLinesWords(file: FileChange): string {
  if (file.leftOut) return leftOutWords[file.leftOut];
  return file.change === "changed" ? "Only its last line end differs." : "It is empty.";
}

function Lines({ file, hunks }: { file: FileChange; hunks: NonNullable<FileChange["hunks"]> }) {
  return (
    <ScrollArea label={`Lines of ${file.path}`} className="max-h-[36rem] border-line border-t bg-surface">
      <table className="w-full border-collapse font-mono text-xs leading-5">
        <caption className="sr-only">How {file.path} differs, line by line</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">Line before</th>
            <th scope="col">Line after</th>
            <th scope="col">Text</th>
          </tr>
        </thead>
        {hunks.map((hunk) => (
          <tbody key={`${hunk.lines[0]?.before}/${hunk.lines[0]?.after}`} className="border-line border-b last:border-b-0">
            {hunk.lines.map((line) => (
              <Line key={`${line.before}/${line.after}`} line={line} />
            ))}
          </tbody>
        ))}
      </table>
      {file.isCut ? <p className="px-4 py-2 text-[0.8125rem] text-ink-3">There are more lines than are shown.</p> : null}
    </ScrollArea>
  );
}

const looks: Record<DiffLine["kind"], { mark: string; word: string; row: string; number: string }> = {
  same: { mark: " ", word: "", row: "", number: "text-ink-3" },
  added: { mark: "+", word: "added: ", row: "bg-live-soft", number: "text-live" },
  removed: { mark: "−", word: "removed: ", row: "bg-failed-soft", number: "text-failed" },
};

function Line({ line }: { line: DiffLine }) {
  const { mark, word, row, number } = looks[line.kind];
  const numberClass = classNames("tabular w-11 min-w-11 select-none px-2 text-right align-top", number);
  return (
    <tr className={row}>
      <td className={numberClass}>{line.before}</td>
      <td className={numberClass}>{line.after}</td>
      <td className="whitespace-pre pr-4 text-ink">
        <span className="sr-only">{word}</span>
        <span aria-hidden="true" className={classNames("inline-block w-4 select-none", number)}>
          {mark}
        </span>
        {line.text}
      </td>
    </tr>
  );
}
