// The files of a bundle as a tree of links; folders fold by themselves, without JavaScript.
import { Link } from "@remix-run/react";
import { ChevronRight, File, Folder as FolderIcon } from "lucide-react";
import { classNames } from "~/app/ui/class-names";
import { bytesWords } from "~/app/ui/measures";
import type { DeploymentFiles } from "~/server/deployments/compare.contract";
import { type Folder, folderOf } from "./file-tree";

type Props = { files: DeploymentFiles; openPath: string | null; toFile: (path: string) => string };

/** A folder with more entries than these (node_modules, as a rule) waits folded. */
const openEntriesMax = 40;

export function BundleFiles({ files, openPath, toFile }: Props) {
  return (
    <nav aria-label="Files of the bundle" className="py-2">
      <Entries folder={folderOf(files.items)} openPath={openPath} toFile={toFile} />
    </nav>
  );
}

type EntriesProps = { folder: Folder; openPath: string | null; toFile: (path: string) => string };

function Entries({ folder, openPath, toFile }: EntriesProps) {
  return (
    <ul className="grid grid-cols-1">
      {folder.folders.map((inner) => (
        <li key={inner.path}>
          <details open={openPath?.startsWith(`${inner.path}/`) || inner.files.length + inner.folders.length <= openEntriesMax}>
            <summary className="group/folder flex min-h-8 cursor-pointer items-center gap-1.5 px-4 text-[0.8125rem] text-ink-2 hover:bg-hover/60 sm:px-5">
              <ChevronRight
                aria-hidden="true"
                className="size-3.5 shrink-0 text-ink-3 transition-transform [details[open]>summary>&]:rotate-90"
              />
              <FolderIcon aria-hidden="true" className="size-3.5 shrink-0 text-ink-3" />
              <span className="min-w-0 break-all font-mono">{inner.name}</span>
            </summary>
            <div className="ml-4">
              <Entries folder={inner} openPath={openPath} toFile={toFile} />
            </div>
          </details>
        </li>
      ))}
      {folder.files.map((file) => (
        <li key={file.path}>
          <Link
            to={toFile(file.path)}
            preventScrollReset
            aria-current={file.path === openPath ? "true" : undefined}
            className={classNames(
              "flex min-h-8 items-center gap-1.5 px-4 text-[0.8125rem] sm:px-5",
              file.path === openPath ? "bg-accent-soft text-ink" : "text-ink-2 hover:bg-hover/60 hover:text-ink",
            )}
          >
            <File aria-hidden="true" className="ml-5 size-3.5 shrink-0 text-ink-3" />
            <span className="min-w-0 flex-1 break-all font-mono">{file.name}</span>
            <span className="tabular whitespace-nowrap text-ink-3 text-xs">{bytesWords(file.sizeBytes)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
