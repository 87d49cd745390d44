// Reminds those who may set secrets 14 days, 3 days and on the day before one of theirs expires: one letter for each agent, each once.
import { inTransaction } from "~/db/transaction";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import { roleMay } from "~/server/auth/permissions";
import type { Services } from "~/server/services";
import {
  listAgentsToRemindAcrossWorkspaces,
  listPossibleReadersAcrossWorkspaces,
  setExpiryToldIfDueAcrossWorkspaces,
} from "./expiry.queries";
import { expiryLetter } from "./expiry-letter";

type Needs = Pick<Services, "across" | "clock" | "config" | "mailer">;
type AgentToRemind = Awaited<ReturnType<typeof listAgentsToRemindAcrossWorkspaces>>[number];

const agentsMax = 200;
const membersMax = 1_000;
const lettersMax = 50;

/** Safe to run at any time, also twice at once. */
export async function sweepSecretExpiry(needs: Needs): Promise<void> {
  const agents = await listAgentsToRemindAcrossWorkspaces(needs.across, needs.clock.now(), agentsMax);
  for (const agent of agents) await remind(needs, agent);
}

/** The letters, the mark and the audit entry are one transaction. */
async function remind(needs: Needs, agent: AgentToRemind): Promise<void> {
  const now = needs.clock.now();
  await inTransaction(needs.across, async (tx) => {
    const due = await setExpiryToldIfDueAcrossWorkspaces(tx, agent, now);
    if (due.length === 0) return;
    const secrets = due
      .flatMap(({ name, expiresAt }) => (expiresAt ? [{ name, expiresAt }] : []))
      .sort((one, other) => one.expiresAt.getTime() - other.expiresAt.getTime());
    const members = await listPossibleReadersAcrossWorkspaces(tx, agent.workspaceId, membersMax);
    const readers = members.filter(mayWrite).slice(0, lettersMax);
    for (const reader of readers) {
      await needs.mailer.send(tx, expiryLetter({ publicUrl: needs.config.publicUrl, reader, agent, secrets, now }));
    }
    await recordWorkspaceAudit(tx, agent.workspaceId, {
      actorKind: "system",
      action: "secret.expiry_reminded",
      targetKind: "agent",
      targetId: agent.agentId,
      metadata: { names: secrets.map(({ name }) => name), letters: readers.length },
    });
  });
}

function mayWrite({ role, isGranted }: Awaited<ReturnType<typeof listPossibleReadersAcrossWorkspaces>>[number]): boolean {
  return roleMay(role, "secret.write", isGranted === null ? {} : { agent_behaviour: isGranted });
}
