// Reads a stored file and holds it against the digest that was recorded for it; a difference is refused and audited (MISSION C4).
import { createHash } from "node:crypto";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";

/** Of a version, or of an upload that is none yet. */
type StoredFor = { workspaceId: string } & ({ deploymentId: string } | { uploadId: string });
export type StoredFile = StoredFor & { what: "bundle" | "module"; blobKey: string; sha256: string };

/** Rejects with `DEPLOYMENT_FAILED`, `details.reason` being `bundle_altered`, `bundle_missing` or the same of the module. */
export async function readVerified(needs: Pick<Services, "across" | "blobs">, file: StoredFile): Promise<Buffer> {
  const bytes = await needs.blobs.read(file.blobKey).catch((error) => {
    if (error instanceof AppError && error.code === "NOT_FOUND") return null;
    throw error;
  });
  const found = bytes && createHash("sha256").update(bytes).digest("hex");
  if (bytes && found === file.sha256) return bytes;
  const reason = `${file.what}_${bytes ? "altered" : "missing"}`;
  await recordWorkspaceAudit(needs.across, file.workspaceId, {
    actorKind: "system",
    action: "deployment.integrity_failure",
    ...("uploadId" in file
      ? { targetKind: "upload", targetId: file.uploadId }
      : { targetKind: "deployment", targetId: file.deploymentId }),
    metadata: { reason, recorded: file.sha256, found: found ?? "nothing" },
  });
  const said = bytes ? "is not what was recorded: its digest differs" : "is not in storage any more";
  throw new AppError(
    "DEPLOYMENT_FAILED",
    `The stored ${file.what} of this ${"uploadId" in file ? "upload" : "version"} ${said}. Upload the bundle again and deploy that.`,
    {
      details: { reason },
    },
  );
}
