// Takes a bundle in once per idempotency key: the whole body has arrived, and its digest says whether it is the same one (MISSION C6).
import { witnessed } from "~/server/auth/mint-scope";
import type { WorkspaceScope } from "~/server/auth/scope";
import { runOnce } from "~/server/idempotency/run-once";
import type { Services } from "~/server/services";
import type { UploadItem } from "./bundles.contract";
import { getUpload } from "./get-upload";

export type OnceKey = { key: string; onReplayed: () => void };

type Arrived = {
  once: OnceKey;
  sent: { fileName: string; sha256: string };
  keep: (scope: WorkspaceScope) => Promise<UploadItem>;
};

/** Of the answer only the id is kept: an upload never changes, so it is read again. */
export async function enterUploadOnce(
  needs: Pick<Services, "across" | "clock" | "config" | "db" | "log" | "vault">,
  scope: WorkspaceScope,
  { once, sent, keep }: Arrived,
): Promise<UploadItem> {
  const { principal, workspaceId } = scope;
  const use = { principal, workspaceId, procedure: "uploads.create", key: once.key, input: sent };
  const options = { isWitnessed: true, keep: (answer: unknown) => (answer as UploadItem).uploadId, onReplayed: once.onReplayed };
  const answer = await runOnce<UploadItem | string>(needs, use, options, (witness) => keep(witnessed(scope, witness)));
  return typeof answer === "string" ? getUpload(needs, scope, answer) : answer;
}
