// A request that carried an idempotency key and was carried out; its answer was not kept.
import { randomBytes } from "node:crypto";
import type { Tx } from "../transaction";
import type { Tenant } from "./world";

const dayMs = 24 * 60 * 60_000;

export async function growKeyedRequest(tx: Tx, { workspaceId, userId }: Tenant): Promise<void> {
  const at = new Date();
  const hash = () => randomBytes(32).toString("hex");
  await tx
    .insertInto("idempotencyKeys")
    .values({
      place: hash(),
      workspaceId,
      userId,
      procedure: "agents.create",
      fingerprint: hash(),
      leaseId: "seed",
      leaseEndsAt: at,
      actedAt: at,
      answeredAt: at,
      sealedAnswer: null,
      createdAt: at,
      expiresAt: new Date(at.getTime() + dayMs),
    })
    .execute();
}
