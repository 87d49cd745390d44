// From when on a plan keeps what: asked by the sweeps that delete, by whoever reads, and by the simulator (MISSION H3, J2).
import type { Plan } from "./plan.contract";

const dayMs = 86_400_000;

export type KeptSince = {
  /** Records of calls. */
  calls: Date;
  /** Lines of deployments: what a build and its probe said. */
  deploymentLogs: Date;
  /** What agents print: older lines are read no more, and go with their day. */
  output: Date;
};

/** What is older goes. Pure. */
export function keptSince(plan: Pick<Plan, "telemetryRetentionDays" | "logRetentionDays">, now: Date): KeptSince {
  const back = (days: number) => new Date(now.getTime() - days * dayMs);
  const { telemetryRetentionDays, logRetentionDays } = plan;
  return { calls: back(telemetryRetentionDays), deploymentLogs: back(logRetentionDays), output: back(logRetentionDays + 1) };
}
