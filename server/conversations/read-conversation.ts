// What was said in one session, as far as it was kept: each reading is written into the audit log (MISSION A5, G3).
import { z } from "zod";
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import { pageOfRows, rowsFor } from "~/server/page-of-rows";
import type { Services } from "~/server/services";
import { type ConversationPage, type ConversationTurn, KeptMessage, type ReadConversationInput } from "./conversations.contract";
import { hasSession, listTurns } from "./conversations.queries";
import { turnPlace } from "./turn-place";

const SealedTurn = z.object({ messages: z.array(KeptMessage), answer: z.string() });

type TurnRow = Awaited<ReturnType<typeof listTurns>>[number];
type Words = Pick<ConversationTurn, "messages" | "answer" | "isUnreadable">;

/** Oldest first. Empty when nothing of the session was kept. */
export async function readConversation(
  needs: Pick<Services, "db" | "clock" | "vault">,
  scope: WorkspaceScope,
  { agentId, sessionId, cursor, limit }: ReadConversationInput,
): Promise<ConversationPage> {
  const rows = await inWorkspace(needs.db, scope, async (tx) => {
    if (!(await hasSession(tx, scope, { agentId, sessionId }))) throw notFound("session");
    const filter = { agentId, sessionId, after: cursor ?? "", now: needs.clock.now(), limit: rowsFor(limit) };
    const found = await listTurns(tx, scope, filter);
    const metadata = { agentId, turns: Math.min(found.length, limit) };
    if (found.length > 0) {
      await recordAudit(tx, scope, { action: "conversation.read", targetKind: "session", targetId: sessionId, metadata });
    }
    return found;
  });
  const open = (row: TurnRow) => openTurn(needs, { workspaceId: scope.workspaceId, agentId, sessionId, turnId: row.id }, row);
  const opened = new Map(await Promise.all(rows.slice(0, limit).map(async (row) => [row.id, await open(row)] as const)));
  return pageOfRows(rows, limit, {
    cursorOf: (row) => row.id,
    toItem: ({ id, sealedTurn: _sealed, ...facts }) => ({ turnId: id, ...facts, ...(opened.get(id) ?? unreadable) }),
  });
}

const unreadable: Words = { messages: [], answer: "", isUnreadable: true };

/** One that does not open must not hide the others; the vault tells its people of it. */
async function openTurn(
  { vault }: Pick<Services, "vault">,
  identity: Parameters<typeof turnPlace>[0],
  { sealedTurn }: TurnRow,
): Promise<Words> {
  const text = await vault.open(turnPlace(identity), sealedTurn).catch(() => null);
  if (text === null) return unreadable;
  return { ...SealedTurn.parse(JSON.parse(text)), isUnreadable: false };
}
