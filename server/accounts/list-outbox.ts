// The operator's view of all letters. Held ones are opened: they hold single-use links, so looking is audited.
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { listMailsAcrossWorkspaces } from "~/server/mail/mail.queries";
import { openLetter } from "~/server/mail/outbox-letter";
import { pageOfRows, rowsFor } from "~/server/page-of-rows";
import type { Services } from "~/server/services";
import type { Page } from "~/server/zod-shapes";
import type { OutboxItem, OutboxQuery } from "./accounts.contract";

type MailRow = Awaited<ReturnType<typeof listMailsAcrossWorkspaces>>[number];

/** The newest letter first. */
export async function listOutbox(
  services: Pick<Services, "across" | "vault">,
  operator: UserPrincipal,
  query: OutboxQuery & { visitor: Visitor },
): Promise<Page<OutboxItem>> {
  const { traceId, ipAddress } = query.visitor;
  const act = { action: "outbox.read", actorKind: "user", actorId: operator.userId, traceId, ipAddress } as const;
  await recordPlatformAudit(services.across, act);
  const asked = { limit: rowsFor(query.limit), before: query.cursor ?? null, status: query.status ?? null };
  const rows = await listMailsAcrossWorkspaces(services.across, asked);
  const page = pageOfRows(rows, query.limit, { cursorOf: (row) => row.id, toItem: (row) => row });
  return { items: await Promise.all(page.items.map((row) => toItem(services, row))), nextCursor: page.nextCursor };
}

/** Where a mail server carries letters nobody needs to read other people's: their links are as good as passwords. */
async function toItem(services: Pick<Services, "vault">, { id, sealedBody, ...row }: MailRow): Promise<OutboxItem> {
  const isForOperator = row.status === "held" && sealedBody !== null;
  return { mailId: id, ...row, text: isForOperator ? (await openLetter(services.vault, id, sealedBody)).text : null };
}
