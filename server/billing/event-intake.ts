// Takes signed events into the database: durable before they are acknowledged, each once, many in one transaction (MISSION H2).
import { GroupCommit } from "~/server/group-commit/group-commit";
import type { SignedEvent } from "~/server/payments/payments";
import { CauseBudget } from "~/server/rate-limit/cause-budget";
import type { Services } from "~/server/services";
import { settleBillingEventJob } from "./billing.jobs";
import { concernsUs } from "./event-types";
import { insertBillingEventsAcrossWorkspaces, setSecretsUsedAcrossWorkspaces } from "./events.queries";

const pendingMax = 10_000;
const groupMax = 500;
const gatherMs = 0;
const secretNotedEveryMs = 60_000;

export type IntakeNeeds = Pick<Services, "across" | "clock" | "log" | "queue" | "payments">;

/** A lifetime: one per process. */
export class EventIntake {
  readonly needs: IntakeNeeds;
  /** Refused deliveries, for the audit log. */
  readonly refusals = new CauseBudget();
  readonly #commits: GroupCommit<SignedEvent, boolean>;
  readonly #secretsNoted = new Map<string, number>();

  constructor(needs: IntakeNeeds) {
    this.needs = needs;
    this.#commits = new GroupCommit({
      name: "billing events",
      pendingMax,
      groupMax,
      gatherMs,
      commit: (events) => this.#commit(events),
    });
  }

  /** Resolves when the event is durable: true for a new one, false for one that was there already. */
  async take(event: SignedEvent): Promise<boolean> {
    const [isNew] = await this.#commits.submit([event]);
    return isNew === true;
  }

  async #commit(events: SignedEvent[]): Promise<boolean[]> {
    const now = this.needs.clock.now();
    const rows = events.map(({ isOurMode, fingerprint: _fingerprint, ...event }) => ({
      ...event,
      status: isOurMode && concernsUs(event.type) ? ("pending" as const) : ("ignored" as const),
      receivedAt: now,
    }));
    const fresh = new Set(await insertBillingEventsAcrossWorkspaces(this.needs.across, rows));
    await this.#noteSecrets(events, now);
    // A lost ring is healed by the sweep; the sender need not wait for Redis.
    for (const row of rows) if (row.status === "pending" && fresh.has(row.id)) this.#ring(row.id);
    // Of copies that came in together the first is the new one.
    return events.map(({ id }) => fresh.delete(id));
  }

  #ring(eventId: string): void {
    void this.needs.queue.ring(settleBillingEventJob, { eventId });
  }

  async #noteSecrets(events: SignedEvent[], now: Date): Promise<void> {
    const nowMs = now.getTime();
    const used = [...new Set(events.map(({ fingerprint }) => fingerprint))].filter((fingerprint) => {
      return nowMs - (this.#secretsNoted.get(fingerprint) ?? Number.NEGATIVE_INFINITY) >= secretNotedEveryMs;
    });
    if (used.length === 0) return;
    await setSecretsUsedAcrossWorkspaces(this.needs.across, used, now);
    for (const fingerprint of used) this.#secretsNoted.set(fingerprint, nowMs);
  }
}
