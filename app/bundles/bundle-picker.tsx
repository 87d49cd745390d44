// Drop a zip or a folder here, or choose one.
import { FileArchive, FolderOpen, PackageOpen } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { Button } from "~/app/ui/button";
import { classNames } from "~/app/ui/class-names";
import { SendingState } from "./sending-state";
import { useBundleSending } from "./use-bundle-sending";

type Props = { workspaceId: string; onAccepted: (uploadId: string) => void };

export function BundlePicker({ workspaceId, onAccepted }: Props) {
  const { sending, sendZip, sendFolder, sendDropped, stop } = useBundleSending(workspaceId, onAccepted);
  const [isOver, setIsOver] = useState(false);
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    void sendDropped(event.dataTransfer.items);
  };
  const isBusy = sending.step !== "idle" && sending.step !== "refused";
  return (
    <section
      aria-label="Upload a bundle"
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={(event) => setIsOver(event.currentTarget.contains(event.relatedTarget as Node | null))}
      onDrop={onDrop}
      className={classNames(
        "grid min-h-64 place-items-center rounded-lg border border-dashed p-6 transition-colors",
        isOver ? "border-accent bg-accent-soft" : "border-field-line bg-surface",
      )}
    >
      {isBusy ? null : (
        <div className="grid justify-items-center gap-1 text-center">
          <PackageOpen
            aria-hidden="true"
            className={classNames("mb-3 size-8", isOver ? "text-accent" : "text-ink-3")}
            strokeWidth={1.5}
          />
          <h2 className="font-medium text-lg">{isOver ? "Let go to upload" : "Drop a zip or a folder"}</h2>
          <p className="max-w-sm text-ink-2 text-sm leading-6">
            With <code className="font-mono text-[0.8125rem]">agent.config.json</code> at its root. A folder is zipped here,
            without node_modules and .env files.
          </p>
          <Choices onZip={sendZip} onFolder={sendFolder} />
          <noscript>
            <p className="mt-3 text-ink-2 text-sm">Uploading here needs JavaScript; the examples below and the API do not.</p>
          </noscript>
        </div>
      )}
      <SendingState sending={sending} onStop={stop} />
    </section>
  );
}

type ChoicesProps = {
  onZip: (file: File) => Promise<void>;
  onFolder: (name: string, files: File[]) => Promise<void>;
};

function Choices({ onZip, onFolder }: ChoicesProps) {
  const zipInput = useRef<HTMLInputElement | null>(null);
  const folderInput = useRef<HTMLInputElement | null>(null);
  return (
    <div className="mt-4 flex flex-wrap justify-center gap-2">
      <Button type="button" onClick={() => zipInput.current?.click()}>
        <FileArchive aria-hidden="true" />
        Choose a zip
      </Button>
      <Button type="button" onClick={() => folderInput.current?.click()}>
        <FolderOpen aria-hidden="true" />
        Choose a folder
      </Button>
      <input
        ref={zipInput}
        type="file"
        accept=".zip,application/zip"
        aria-label="Zip file"
        tabIndex={-1}
        className="sr-only"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) void onZip(file);
          event.currentTarget.value = "";
        }}
      />
      <input
        ref={(element) => {
          folderInput.current = element;
          element?.setAttribute("webkitdirectory", "");
        }}
        type="file"
        aria-label="Folder"
        tabIndex={-1}
        className="sr-only"
        onChange={(event) => {
          const files = event.currentTarget.files;
          if (files?.length) void onFolder(files[0]?.webkitRelativePath.split("/")[0] ?? "", [...files]);
          event.currentTarget.value = "";
        }}
      />
    </div>
  );
}
