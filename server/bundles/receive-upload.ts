// Takes in one zip: streamed to disk, checked, stored, entered and audited; any failure leaves nothing behind (MISSION C2).
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { answerInWorkspace, inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import { newId } from "~/server/ids";
import type { Plan } from "~/server/plans/plans";
import { readPlan } from "~/server/plans/read-plan";
import { Slots } from "~/server/rate-limit/slots";
import type { Services } from "~/server/services";
import type { UploadItem } from "./bundles.contract";
import { insertUpload } from "./bundles.queries";
import { checkInThread } from "./check-in-thread";
import { commitOfArchive } from "./commit-of-archive";
import { enterUploadOnce, type OnceKey } from "./enter-upload-once";
import { otherCommit } from "./github-refusal";
import type { GithubSource } from "./github-source";
import { incomingDirectory } from "./incoming-directory";
import { receiveToFile, type UploadPace } from "./receive-to-file";
import { toUploadItem } from "./upload-item";

export type IncomingUpload = {
  /** As the sender calls it; only shown. */
  fileName: string;
  stream: AsyncIterable<Uint8Array>;
  contentLength?: number | undefined;
  pace?: UploadPace;
  /** The same bytes under the same name and key are taken in once. */
  once?: OnceKey | undefined;
  /** Where it was fetched from, when nobody sent it. */
  source?: GithubSource;
};

type Needs = Pick<Services, "config" | "db" | "across" | "vault" | "log" | "blobs" | "clock" | "providers">;

const fileNameCharactersMax = 200;

/** Each holds up to a whole zip on disk while it comes in. */
const uploadsAtOnceMax = 20;
const uploads = new Slots((max) => `This workspace already sends ${max} bundles at once. Wait until one of them is through.`);

/** Rejects with `PAYLOAD_TOO_LARGE`, or `INVALID_REQUEST` whose `details.reason` says what is wrong with the archive. */
export async function receiveUpload(needs: Needs, scope: WorkspaceScope, incoming: IncomingUpload): Promise<UploadItem> {
  const release = uploads.take(scope.workspaceId, uploadsAtOnceMax);
  try {
    return await receive(needs, scope, incoming);
  } finally {
    release();
  }
}

async function receive(needs: Needs, scope: WorkspaceScope, incoming: IncomingUpload): Promise<UploadItem> {
  const plan = await planOf(needs, scope);
  const uploadId = newId("upload");
  const path = join(incomingDirectory(needs.config), `${uploadId}.zip`);
  try {
    const limits = { bytesMax: plan.bundleBytesMax, contentLength: incoming.contentLength, pace: incoming.pace };
    const received = await receiveToFile(incoming.stream, path, limits);
    const fileName = shortName(incoming.fileName);
    const origin = await originOf(path, incoming.source);
    const keep = async (within: WorkspaceScope) => {
      const runtimes = needs.providers.list().map((provider) => provider.runtime);
      const checked = await checkInThread(scope.workspaceId, { path, limits: plan, surroundings: { runtimes } });
      return keepFile(needs, within, { path, row: { id: uploadId, fileName, ...received, ...checked, ...origin } });
    };
    const sent = { fileName, sha256: received.sha256 };
    return await (incoming.once ? enterUploadOnce(needs, scope, { once: incoming.once, sent, keep }) : keep(scope));
  } finally {
    await rm(path, { force: true });
  }
}

async function originOf(path: string, source: GithubSource | undefined) {
  if (!source) return { githubOwner: null, githubRepo: null, githubRef: null, githubCommit: null };
  const commit = await commitOfArchive(path);
  if (/^[0-9a-f]{40}$/i.test(source.ref) && commit !== source.ref.toLowerCase()) throw otherCommit(source);
  return { githubOwner: source.owner, githubRepo: source.repo, githubRef: source.ref, githubCommit: commit };
}

type Kept = { path: string; row: Omit<Entered, "blobKey"> };

async function keepFile(needs: Needs, scope: WorkspaceScope, { path, row }: Kept): Promise<UploadItem> {
  const blobKey = `${scope.workspaceId}/uploads/${row.id}.zip`;
  await needs.blobs.putFile(blobKey, path);
  return enter(needs, scope, { ...row, blobKey }).catch(async (error) => {
    await needs.blobs.delete(blobKey);
    throw error;
  });
}

async function planOf(needs: Needs, scope: WorkspaceScope): Promise<Plan> {
  const current = await inWorkspace(needs.db, scope, (tx) => readPlan(tx, scope.workspaceId, needs.clock.now()));
  if (!current) throw notFound("workspace");
  return current.plan;
}

type Entered = Omit<Parameters<typeof insertUpload>[2], "createdBy" | "madeByKeyId" | "createdAt">;

function enter(needs: Needs, scope: WorkspaceScope, row: Entered): Promise<UploadItem> {
  return answerInWorkspace(needs.db, scope, async (tx) => {
    const { principal } = scope;
    const maker = { createdBy: principal.userId, madeByKeyId: principal.kind === "api_key" ? principal.keyId : null };
    const inserted = await insertUpload(tx, scope, { ...row, ...maker, createdAt: needs.clock.now() });
    await recordAudit(tx, scope, {
      action: "upload.create",
      targetKind: "upload",
      targetId: row.id,
      metadata: { fileName: row.fileName, sha256: row.sha256, sizeBytes: row.sizeBytes, files: row.files.length, ...from(row) },
    });
    return toUploadItem(inserted);
  });
}

function from({ githubOwner, githubRepo, githubRef, githubCommit }: Entered): Record<string, string> {
  if (!githubOwner) return {};
  return { repository: `github.com/${githubOwner}/${githubRepo}`, ref: githubRef ?? "", commit: githubCommit ?? "" };
}

/** The last part of whatever path a browser sent, without what cannot be seen. */
function shortName(fileName: string): string {
  const last = fileName.split(/[\\/]/).at(-1) ?? "";
  const seen = Array.from(last.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "").trim());
  return seen.slice(0, fileNameCharactersMax).join("").slice(0, fileNameCharactersMax) || "bundle.zip";
}
