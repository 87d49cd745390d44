// The words of a deployment's telemetry key. The key itself only its runtime is given.
import { z } from "zod";
import { Moment } from "~/server/zod-shapes";

export const RotateTelemetryKeyInput = z.object({
  deploymentId: z.string().max(40),
  /** False, for a key that leaked: the old one stops counting at once, and what is on its way under it is refused. */
  keepsOld: z.boolean().default(true),
});
export type RotateTelemetryKeyInput = z.infer<typeof RotateTelemetryKeyInput>;

export const TelemetryKeyState = z.object({
  deploymentId: z.string(),
  generation: z.number(),
  rotatedAt: Moment,
  /** Until when the key before it still counts; null: it does not. */
  overlapEndsAt: Moment.nullable(),
  /** Whether what runs was handed the new key; else it gets it when its process starts next. */
  isHandedOver: z.boolean(),
});
export type TelemetryKeyState = z.infer<typeof TelemetryKeyState>;
