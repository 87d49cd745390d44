// Every rejected report leaves a trace in the audit log, but nobody can flood it: one line a minute per cause, with a count (MISSION G1).
import { platformChain, recordWorkspaceAudit } from "~/server/audit/record-audit";
import { instruments } from "~/server/observability/instruments";
import { CauseBudget } from "~/server/rate-limit/cause-budget";
import type { Services } from "~/server/services";

export type Rejection = {
  /** Null when no known deployment stands behind it: it goes into the platform's chain, all such together. */
  source: { id: string; workspaceId: string } | null;
  reason: string;
  traceId: string;
  ipAddress: string | null;
};

/** A lifetime: one per process. */
export class RejectionAudit {
  readonly #needs: Pick<Services, "across" | "clock" | "log">;
  readonly #causes = new CauseBudget();

  constructor(needs: Pick<Services, "across" | "clock" | "log">) {
    this.#needs = needs;
  }

  /** Never rejects: a report is refused whether or not that could be written down. */
  async note(rejection: Rejection): Promise<void> {
    instruments().telemetryEvents.add(1, { outcome: rejection.reason });
    const suppressed = this.#causes.admit(
      `${rejection.source?.id ?? platformChain}/${rejection.reason}`,
      this.#needs.clock.now(),
    );
    if (suppressed === null) return;
    try {
      await recordWorkspaceAudit(this.#needs.across, rejection.source?.workspaceId ?? platformChain, {
        actorKind: rejection.reason === "bad_signature" ? "anonymous" : "runtime",
        actorId: rejection.reason === "bad_signature" ? null : (rejection.source?.id ?? null),
        action: "telemetry.reject",
        ...(rejection.source ? { targetKind: "deployment", targetId: rejection.source.id } : {}),
        traceId: rejection.traceId,
        ipAddress: rejection.ipAddress,
        metadata: { reason: rejection.reason, alsoSuppressed: suppressed },
      });
    } catch (error) {
      this.#needs.log.error({ err: error, traceId: rejection.traceId }, "a telemetry rejection could not be audited");
    }
  }
}
