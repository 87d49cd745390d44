// The audit log, to be read. There is no procedure that writes it.
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { pageOf } from "~/server/zod-shapes";
import { AuditItem, ListAuditInput } from "./audit.contract";
import { listAudit } from "./list-audit";

export const auditRouter = router({
  list: workspaceProcedure("audit.read")
    .meta({ openapi: { method: "GET", path: "/audit", summary: "List audit entries", tags: ["Audit"] } })
    .input(ListAuditInput)
    .output(pageOf(AuditItem))
    .query(({ ctx, input }) => listAudit(ctx.services, ctx.scope, input)),
});
