// Every rejected report leaves a trace in the audit log, but nobody can flood it: one line a minute per cause, with a count (MISSION G1).
import { platformChain, recordWorkspaceAudit } from "~/server/audit/record-audit";
import type { Services } from "~/server/services";

const windowMs = 60_000;
const causesMax = 5_000;

export type Rejection = {
  /** Null when no known deployment stands behind it: it goes into the platform's chain, all such together. */
  source: { id: string; workspaceId: string } | null;
  reason: string;
  traceId: string;
  ipAddress: string | null;
};

type Cause = { writtenAtMs: number; suppressed: number };

/** A lifetime: one per process. */
export class RejectionAudit {
  readonly #needs: Pick<Services, "across" | "clock" | "log">;
  readonly #causes = new Map<string, Cause>();

  constructor(needs: Pick<Services, "across" | "clock" | "log">) {
    this.#needs = needs;
  }

  /** Never rejects: a report is refused whether or not that could be written down. */
  async note(rejection: Rejection): Promise<void> {
    const suppressed = this.#admit(`${rejection.source?.id ?? platformChain}/${rejection.reason}`);
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

  /** How many of this cause went unwritten since the last line; null while another line would be too soon. */
  #admit(name: string): number | null {
    const nowMs = this.#needs.clock.now().getTime();
    const known = this.#causes.get(name);
    if (known && nowMs - known.writtenAtMs < windowMs) {
      known.suppressed += 1;
      return null;
    }
    this.#causes.delete(name);
    if (this.#causes.size >= causesMax) this.#forgetOldest();
    this.#causes.set(name, { writtenAtMs: nowMs, suppressed: 0 });
    return known?.suppressed ?? 0;
  }

  #forgetOldest(): void {
    const [oldest] = this.#causes.keys();
    if (oldest !== undefined) this.#causes.delete(oldest);
  }
}
