// Takes what was dropped or chosen, packs it if it is a folder, sends it, and tells how far it is.
import { useRef, useState } from "react";
import { SendingError, type SendingProblem, sendBundle } from "./send-bundle";
import type { Packing } from "./zip-folder";

/** Fetched when a folder comes: most bring a zip. */
const loadZipping = () => import("./zip-folder");

export type Sending =
  | { step: "idle" }
  | { step: "packing"; name: string; packed: number; of: number }
  | { step: "sending"; name: string; share: number; sizeBytes: number }
  | { step: "checking"; name: string }
  | { step: "refused"; name: string; problem: SendingProblem };

export function useBundleSending(workspaceId: string, onAccepted: (uploadId: string) => void) {
  const [sending, setSending] = useState<Sending>({ step: "idle" });
  const stop = useRef<AbortController | null>(null);

  async function send(name: string, pack: Pack) {
    stop.current?.abort();
    const controller = new AbortController();
    stop.current = controller;
    const onPacked = (packed: number, of: number) => setSending({ step: "packing", name, packed, of });
    onPacked(0, 0);
    try {
      const zip = await pack({ signal: controller.signal, onPacked });
      const onProgress = (share: number) =>
        setSending(share < 1 ? { step: "sending", name, share, sizeBytes: zip.size } : { step: "checking", name });
      onProgress(0);
      onAccepted(await sendBundle({ workspaceId, fileName: name, zip, onProgress, signal: controller.signal }));
    } catch (thrown) {
      if (stop.current === controller) setSending({ step: "refused", name, problem: problemOf(thrown) });
    }
  }

  return {
    sending,
    sendZip: (file: File) => send(file.name, async () => file),
    sendFolder: (name: string, files: File[]) =>
      send(`${name || "bundle"}.zip`, async (packing) => {
        const { filesOfInput, zipFolder } = await loadZipping();
        return zipFolder(filesOfInput(files), packing);
      }),
    sendDropped: (items: DataTransferItemList) => sendDropped(items, send),
    stop: () => {
      stop.current?.abort();
      stop.current = null;
      setSending({ step: "idle" });
    },
  };
}

type Pack = (packing: Packing) => Promise<Blob>;

function sendDropped(items: DataTransferItemList, send: (name: string, pack: Pack) => Promise<void>) {
  const dropped = [...items].filter((candidate) => candidate.kind === "file");
  const [item] = dropped;
  if (!item) return undefined;
  if (dropped.length > 1) {
    const tooMany = new Error(`${dropped.length} things were dropped. Drop one zip, or the one folder that holds them all.`);
    return send("What you dropped", () => Promise.reject(tooMany));
  }
  // Both must be asked for now: when the drop is over, the browser has forgotten them.
  const entry = item.webkitGetAsEntry();
  const file = item.getAsFile();
  if (entry?.isDirectory) {
    const directory = entry as FileSystemDirectoryEntry;
    return send(`${entry.name}.zip`, async (packing) => {
      const { filesOfEntry, zipFolder } = await loadZipping();
      return zipFolder(await filesOfEntry(directory), packing);
    });
  }
  return file ? send(file.name, async () => file) : undefined;
}

function problemOf(thrown: unknown): SendingProblem {
  if (thrown instanceof SendingError) return thrown.problem;
  const message = thrown instanceof Error ? thrown.message : "The folder could not be read.";
  return { message, issues: [], traceId: null };
}
