// Lets a zip or a folder be dropped anywhere on a page: the page says so while something is dragged over it.
import { PackageOpen } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { SendingState } from "./sending-state";
import { useBundleSending } from "./use-bundle-sending";

type Props = { workspaceId: string; onAccepted: (uploadId: string) => void };

export default function DropHere({ workspaceId, onAccepted }: Props) {
  const { sending, sendDropped, stop } = useBundleSending(workspaceId, (uploadId) => {
    stop();
    onAccepted(uploadId);
  });
  const isOver = useDropOnWindow((items) => void sendDropped(items));
  return (
    <>
      {isOver ? (
        <div className="pointer-events-none fixed inset-3 z-50 grid animate-arrive place-items-center rounded-xl border-2 border-accent border-dashed bg-accent-soft/95 text-center">
          <div className="grid justify-items-center gap-1">
            <PackageOpen aria-hidden="true" className="mb-2 size-8 text-accent" strokeWidth={1.5} />
            <p className="font-medium text-lg">Let go to upload the next version</p>
            <p className="text-ink-2 text-sm">You look at it before anything runs.</p>
          </div>
        </div>
      ) : null}
      {sending.step === "idle" ? null : (
        <section aria-label="Upload" className="grid place-items-center rounded-lg border border-line bg-surface p-6">
          <SendingState sending={sending} onStop={stop} />
        </section>
      )}
    </>
  );
}

/** Whether files are held over the window. Entering a child leaves its parent, so the two are counted. */
function useDropOnWindow(onDrop: (items: DataTransferItemList) => void): boolean {
  const [isOver, setIsOver] = useState(false);
  const latest = useRef(onDrop);
  latest.current = onDrop;
  useEffect(() => {
    const gone = new AbortController();
    let depth = 0;
    const count = (step: number) => (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      depth = Math.max(0, depth + step);
      setIsOver(depth > 0);
    };
    const options = { signal: gone.signal };
    window.addEventListener("dragenter", count(1), options);
    window.addEventListener("dragleave", count(-1), options);
    window.addEventListener("dragover", (event) => event.preventDefault(), options);
    window.addEventListener(
      "drop",
      (event) => {
        event.preventDefault();
        depth = 0;
        setIsOver(false);
        if (event.dataTransfer) latest.current(event.dataTransfer.items);
      },
      options,
    );
    return () => gone.abort();
  }, []);
  return isOver;
}
