// Budgets over tRPC and REST: how far a period is used up, and what happens at the cap.
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { Done } from "~/server/zod-shapes";
import { Budgets, ChooseAtCapInput } from "./budgets.contract";
import { chooseAtCap } from "./choose-at-cap";
import { readBudgets } from "./read-budgets";

const tags = ["Usage"];

export const budgetsRouter = router({
  read: workspaceProcedure("usage.read")
    .meta({ openapi: { method: "GET", path: "/budgets", summary: "Read what of the period is used, reserved and left", tags } })
    .output(Budgets)
    .query(({ ctx }) => readBudgets(ctx.services, ctx.scope)),
  choose: workspaceProcedure("billing.configure")
    .meta({ openapi: { method: "POST", path: "/budgets/at-cap", summary: "Choose what happens when a cap is reached", tags } })
    .input(ChooseAtCapInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await chooseAtCap(ctx.services, ctx.scope, input);
      return { done: true };
    }),
});
