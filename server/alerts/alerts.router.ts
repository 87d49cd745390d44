// Alerts over tRPC and REST: what a workspace is told of, and what was raised.
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { Done } from "~/server/zod-shapes";
import { Alerts, ConfigureAlertsInput } from "./alerts.contract";
import { configureAlerts } from "./configure-alerts";
import { readAlerts } from "./read-alerts";

const tags = ["Alerts"];

export const alertsRouter = router({
  read: workspaceProcedure("usage.read")
    .meta({ openapi: { method: "GET", path: "/alerts", summary: "Read what was raised, and what is told", tags } })
    .output(Alerts)
    .query(({ ctx }) => readAlerts(ctx.services, ctx.scope)),
  configure: workspaceProcedure("workspace.configure")
    .meta({ openapi: { method: "POST", path: "/alerts/settings", summary: "Choose what is told, and from when on", tags } })
    .input(ConfigureAlertsInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await configureAlerts(ctx.services, ctx.scope, input);
      return { done: true };
    }),
});
