// Notices that the primary key-encryption key has changed, rings for rotations that are unfinished, and writes down which credentials there are.
import { deleteCredentialsAcrossWorkspaces, setCredentialsSeenAcrossWorkspaces } from "~/server/credentials/credentials.queries";
import { listCredentials } from "~/server/credentials/list-credentials";
import type { Services } from "~/server/services";
import { beginRotation } from "./begin-rotation";
import { listRenewalsDueAcrossWorkspaces } from "./renewal.queries";
import { resealJob, runRotationJob } from "./rotation.jobs";
import { settlingMs } from "./run-reseal";

/** How long a credential that nobody holds any more is still shown. */
const rememberedMs = 400 * 24 * 60 * 60_000;

/** Of data keys that were replaced so many are taken up at once. */
const renewalsAtOnce = 200;

type Needs = Pick<Services, "across" | "clock" | "config" | "queue" | "vault">;

export async function sweepRotations(needs: Needs): Promise<void> {
  const now = needs.clock.now();
  const credentials = listCredentials(needs.config);
  const seen = new Map(credentials.map(({ name, fingerprint }) => [`${name} ${fingerprint}`, { name, fingerprint }]));
  await setCredentialsSeenAcrossWorkspaces(needs.across, [...seen.values()], now);
  await deleteCredentialsAcrossWorkspaces(needs.across, new Date(now.getTime() - rememberedMs));
  const rotation = await beginRotation(needs);
  if (rotation) await needs.queue.ring(runRotationJob, { rotationId: rotation.rotationId });
  const due = { settledBefore: new Date(now.getTime() - settlingMs), limit: renewalsAtOnce };
  for (const { ownerId } of await listRenewalsDueAcrossWorkspaces(needs.across, due)) {
    await needs.queue.ring(resealJob, { workspaceId: ownerId });
  }
}
