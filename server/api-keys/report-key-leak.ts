// A key was seen in public, says anybody: a real one is revoked at once. The answer and the work are the same for every text.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit, recordWorkspaceAudit } from "~/server/audit/record-audit";
import { isApiKeyShaped } from "~/server/auth/api-key-format";
import { announceKeyChange } from "~/server/auth/key-changes";
import type { Visitor } from "~/server/auth/visitor";
import { newId } from "~/server/ids";
import { limitRate } from "~/server/rate-limit/limit-rate";
import { subjectOfAddress } from "~/server/rate-limit/subject-of-address";
import type { Services } from "~/server/services";
import { sha256Hex } from "~/server/sha256";
import type { ReportKeyLeakInput } from "./api-keys.contract";
import { tellKeyLeakJob } from "./api-keys.jobs";
import { setApiKeyLeakedAcrossWorkspaces } from "./key-leaks.queries";

/** Whoever has found many keys at once can come back within the hour. */
const byAddress = { name: "key_leak_address", points: 60, windowSeconds: 60 * 60 };

/** Whoever sends a key knows it and could use it, so nothing is lost by believing them. Rejects with `RATE_LIMITED`. */
export async function reportKeyLeak(
  services: Pick<Services, "across" | "clock" | "log" | "queue" | "redis">,
  visitor: Visitor,
  input: ReportKeyLeakInput,
): Promise<void> {
  const { traceId, ipAddress } = visitor;
  await limitRate(services, [{ rule: byAddress, subject: subjectOfAddress(ipAddress) }]);
  const key = input.key.trim();
  const reported = { actorKind: "anonymous", traceId, ipAddress, metadata: { where: input.where ?? null } } as const;
  const keyId = await inTransaction(services.across, async (tx) => {
    const leaked = await setApiKeyLeakedAcrossWorkspaces(tx, sha256Hex(key), services.clock.now());
    const act = { ...reported, action: "api_key.leak", targetKind: "api_key" };
    if (leaked) {
      const metadata = { ...act.metadata, name: leaked.name, prefix: leaked.prefix };
      await recordWorkspaceAudit(tx, leaked.workspaceId, { ...act, targetId: leaked.id, metadata });
    } else {
      await recordPlatformAudit(tx, { ...act, metadata: { ...act.metadata, isOfOurShape: isApiKeyShaped(key) } });
    }
    return leaked?.id ?? newId("apiKey");
  });
  announceKeyChange(services, keyId);
  await services.queue.ring(tellKeyLeakJob, { keyId });
}
