// The words of alerts, shared with the browser.
import { z } from "zod";
import { alertRules } from "~/db/tables/alerts";
import { Moment } from "~/server/zod-shapes";

export const AlertSettings = z.object({
  errorRate: z.object({ byMail: z.boolean(), thresholdPercent: z.number(), callsMin: z.number() }),
  deploymentFailed: z.object({ byMail: z.boolean() }),
  telemetryDropped: z.object({ byMail: z.boolean() }),
});
export type AlertSettings = z.infer<typeof AlertSettings>;

export const AlertItem = z.object({
  alertId: z.string(),
  rule: z.enum(alertRules),
  agentId: z.string(),
  agentName: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
  raisedAt: Moment,
  /** Null: it stands. */
  resolvedAt: Moment.nullable(),
});
export type AlertItem = z.infer<typeof AlertItem>;

export const Alerts = z.object({
  settings: AlertSettings,
  /** Beside letters: how many are on, whatever each of them asks for. */
  goesTo: z.object({ slackChannels: z.number(), signedWebhooks: z.number() }),
  items: z.array(AlertItem),
});
export type Alerts = z.infer<typeof Alerts>;

const Percent = z.number("Write a number.").int("Write a whole number.").min(1, "At least 1 %.").max(100, "At most 100 %.");
const Calls = z
  .number("Write a number.")
  .int("Write a whole number.")
  .min(1, "At least one.")
  .max(1_000_000, "At most 1,000,000.");

export const ConfigureAlertsInput = z.object({
  errorRate: z.object({ byMail: z.boolean(), thresholdPercent: Percent, callsMin: Calls }),
  deploymentFailed: z.object({ byMail: z.boolean() }),
  /** Left out: as it was. */
  telemetryDropped: z.object({ byMail: z.boolean() }).optional(),
});
export type ConfigureAlertsInput = z.infer<typeof ConfigureAlertsInput>;
