// Telemetry keys of deployments: rotated by a person who has just shown who they are.
import { router } from "~/server/trpc/init";
import { provenWorkspaceProcedure } from "~/server/trpc/procedures";
import { rotateTelemetryKey } from "./rotate-telemetry-key";
import { RotateTelemetryKeyInput, TelemetryKeyState } from "./telemetry-keys.contract";

export const telemetryKeysRouter = router({
  rotate: provenWorkspaceProcedure("secret.write")
    .meta({
      openapi: {
        method: "POST",
        path: "/deployments/{deploymentId}/telemetry-key",
        summary: "Rotate the key that signs what a deployment reports",
        tags: ["Deployments"],
      },
    })
    .input(RotateTelemetryKeyInput)
    .output(TelemetryKeyState)
    .mutation(({ ctx, input }) => rotateTelemetryKey(ctx.services, ctx.scope, input)),
});
