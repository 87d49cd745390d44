// Opens the outbox for the operator of an installation without a mail server. Letters hold single-use links, so looking is audited.
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { listOutboxMailsAcrossWorkspaces } from "~/server/mail/mail.queries";
import { openLetter } from "~/server/mail/outbox-letter";
import { pageOfRows, rowsFor } from "~/server/page-of-rows";
import type { Services } from "~/server/services";
import type { Page, PageQuery } from "~/server/zod-shapes";
import type { OutboxItem } from "./accounts.contract";

/** The newest letter first. */
export async function listOutbox(
  services: Pick<Services, "across" | "vault">,
  operator: UserPrincipal,
  query: PageQuery & { visitor: Visitor },
): Promise<Page<OutboxItem>> {
  const { traceId, ipAddress } = query.visitor;
  const act = { action: "outbox.read", actorKind: "user", actorId: operator.userId, traceId, ipAddress } as const;
  await recordPlatformAudit(services.across, act);
  const asked = { limit: rowsFor(query.limit), before: query.cursor ?? null };
  const rows = await listOutboxMailsAcrossWorkspaces(services.across, asked);
  const page = pageOfRows(rows, query.limit, { cursorOf: (row) => row.id, toItem: (row) => row });
  const items = await Promise.all(
    page.items.map(async ({ id, sealedBody, ...row }) => {
      const { text } = await openLetter(services.vault, id, sealedBody);
      return { mailId: id, ...row, text };
    }),
  );
  return { items, nextCursor: page.nextCursor };
}
