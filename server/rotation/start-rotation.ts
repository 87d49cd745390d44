// The operator's way to begin a rotation at once instead of with the next sweep.
import type { UserPrincipal } from "~/server/auth/principal";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { beginRotation } from "./begin-rotation";
import { primaryOf } from "./primary-of";
import { runRotationJob } from "./rotation.jobs";

type Needs = Pick<Services, "across" | "clock" | "queue" | "vault">;
type By = { operator: UserPrincipal; traceId: string; ipAddress: string | null };

/** Rings again for one that runs already. Rejects with `CONFLICT` when everything is wrapped by the primary. */
export async function startRotation(needs: Needs, { operator, ...by }: By): Promise<{ rotationId: string; keysTotal: number }> {
  const rotation = await beginRotation(needs, { actorKind: "user", actorId: operator.userId, ...by });
  if (!rotation)
    throw new AppError("CONFLICT", `Every data key is wrapped by ${primaryOf(needs.vault).id} already; there is nothing to do.`);
  const { rotationId, keysTotal } = rotation;
  await needs.queue.ring(runRotationJob, { rotationId });
  return { rotationId, keysTotal };
}
