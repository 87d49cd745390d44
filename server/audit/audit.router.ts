// The audit log and its chain, to be read and verified. There is no procedure that writes it.
import { router } from "~/server/trpc/init";
import { operatorProcedure, workspaceProcedure } from "~/server/trpc/procedures";
import { pageOf } from "~/server/zod-shapes";
import { AuditItem, ChainState, ChainVerdict, ListAuditInput, VerifyAnyChainInput, VerifyChainInput } from "./audit.contract";
import { getChainState } from "./get-chain-state";
import { listAudit } from "./list-audit";
import { verifyChain } from "./verify-chain";

export const auditRouter = router({
  list: workspaceProcedure("audit.read")
    .meta({ openapi: { method: "GET", path: "/audit", summary: "List audit entries", tags: ["Audit"] } })
    .input(ListAuditInput)
    .output(pageOf(AuditItem))
    .query(({ ctx, input }) => listAudit(ctx.services, ctx.scope, input)),

  chain: workspaceProcedure("audit.read")
    .meta({ openapi: { method: "GET", path: "/audit/chain", summary: "Where the audit chain stands", tags: ["Audit"] } })
    .output(ChainState)
    .query(({ ctx }) => getChainState(ctx.services, ctx.scope.workspaceId)),

  verify: workspaceProcedure("audit.read")
    .meta({ openapi: { method: "POST", path: "/audit/verify", summary: "Follow the audit chain to its head", tags: ["Audit"] } })
    .input(VerifyChainInput)
    .output(ChainVerdict)
    .mutation(({ ctx, input }) => verifyChain(ctx.services, ctx.scope.workspaceId, input)),

  /** The operator's: any workspace's chain, or the platform's own. */
  verifyAny: operatorProcedure
    .input(VerifyAnyChainInput)
    .output(ChainVerdict)
    .mutation(({ ctx, input }) => verifyChain(ctx.services, input.chain, input)),
});
