// Grants of connected systems, decided by those who may.
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { Done, PageQuery, pageOf } from "~/server/zod-shapes";
import { grantSystem } from "./grant-system";
import { listSystemGrants } from "./list-system-grants";
import { GrantSystemInput, SystemGrantIdInput, SystemGrantItem } from "./system-grants.contract";
import { withdrawSystem } from "./withdraw-system";

export const systemGrantsRouter = router({
  list: workspaceProcedure("grant.manage")
    .input(PageQuery)
    .output(pageOf(SystemGrantItem))
    .query(({ ctx, input }) => listSystemGrants(ctx.services, ctx.scope, input)),
  grant: workspaceProcedure("grant.manage")
    .input(GrantSystemInput)
    .output(SystemGrantItem)
    .mutation(({ ctx, input }) => grantSystem(ctx.services, ctx.scope, input)),
  withdraw: workspaceProcedure("grant.manage")
    .input(SystemGrantIdInput)
    .output(Done)
    .mutation(({ ctx, input }) => withdrawSystem(ctx.services, ctx.scope, input).then(() => ({ done: true as const }))),
});
