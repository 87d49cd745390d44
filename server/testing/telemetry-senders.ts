// Runtimes of a campaign: they sign batches, send some events again and some late, and repeat what was not acknowledged.
import { createHmac } from "node:crypto";
import { telemetryBatchMax, telemetryHeaders } from "~/runtime/contract/telemetry";
import { newId } from "~/server/ids";
import { deriveTelemetryKey } from "~/server/telemetry/telemetry-key";

export type CampaignSource = { workspaceId: string; agentId: string; ownerUserId: string; deploymentId: string };

export type SentEvent = { eventId: string; llmTokens: number; timestamp: string };

/** Sizes of batches; the first goes to the door of single reports. */
const batchSizes = [1, 10, 50, 100, 200];
const recentMax = 2_000;
const lateMax = 20;
/** A runtime gives up now and then: what it sent may have been stored, or not, but never twice. */
const givesUpOf = 40;

/** One runtime. `takes` counts down the new events that the campaign still wants. */
export class TelemetrySender {
  readonly #draw: (below: number) => number;
  readonly #source: CampaignSource;
  readonly #key: Buffer;
  readonly #recent: SentEvent[] = [];
  #late: { due: number; event: SentEvent }[] = [];
  #batches = 0;
  /** Events acknowledged with 202, and those whose runtime gave up. */
  readonly acknowledged = new Map<string, number>();
  readonly abandoned = new Map<string, number>();
  /** Of those: answered as new; an answer that got lost makes it fewer than there are events. */
  fresh = 0;

  constructor(source: CampaignSource, rootKey: Buffer, draw: (below: number) => number) {
    this.#source = source;
    this.#draw = draw;
    this.#key = deriveTelemetryKey(rootKey, source.deploymentId, 1);
  }

  get deploymentId(): string {
    return this.#source.deploymentId;
  }

  /** The next batch, with at most so many new events; empty when nothing is left. */
  next(newMax: number): SentEvent[] {
    this.#batches += 1;
    const size = Math.min(batchSizes[this.#draw(batchSizes.length)] ?? 1, newMax, telemetryBatchMax / 2);
    const fresh = Array.from({ length: size }, () => this.#make());
    // One in ten waits for a later batch: it arrives out of its order.
    const held = fresh.length > 1 ? fresh.filter(() => this.#draw(10) === 0) : [];
    for (const event of held) this.#late.push({ due: this.#batches + 1 + this.#draw(lateMax), event });
    const due = this.#late.filter((one) => one.due <= this.#batches || newMax === 0).slice(0, telemetryBatchMax / 4);
    this.#late = this.#late.filter((one) => !due.includes(one));
    const own = [...fresh.filter((event) => !held.includes(event)), ...due.map(({ event }) => event)];
    return [...own, ...this.#again(Math.ceil(own.length / 4))];
  }

  request(batch: SentEvent[]): { path: string; headers: Record<string, string>; body: string } {
    const [only, ...others] = batch.map((event) => this.#eventOf(event));
    const isSingle = others.length === 0;
    const body = JSON.stringify(isSingle ? only : { events: [only, ...others] });
    const signature = createHmac("sha256", this.#key).update(body).digest("hex");
    const headers = { [telemetryHeaders.deploymentId]: this.deploymentId, [telemetryHeaders.signature]: `v1=${signature}` };
    return { path: isSingle ? "/v1/telemetry/report" : "/v1/telemetry/batch", headers, body };
  }

  givesUp(): boolean {
    return this.#draw(givesUpOf) === 0;
  }

  abandon(batch: SentEvent[]): void {
    for (const { eventId, llmTokens } of batch) if (!this.acknowledged.has(eventId)) this.abandoned.set(eventId, llmTokens);
  }

  acknowledge(batch: SentEvent[]): void {
    for (const event of batch) {
      // An altered copy of an acknowledged event changes nothing: what counts is what came first.
      if (!this.acknowledged.has(event.eventId)) this.acknowledged.set(event.eventId, event.llmTokens);
      this.abandoned.delete(event.eventId);
      if (this.#recent.length < recentMax) this.#recent.push(event);
      else this.#recent[this.#draw(recentMax)] = event;
    }
  }

  #make(): SentEvent {
    const timestamp = new Date(Date.now() - this.#draw(20 * 60_000)).toISOString();
    return { eventId: newId("event"), llmTokens: this.#draw(1_000), timestamp };
  }

  /** Copies of what was acknowledged; some claim another use or another time. */
  #again(count: number): SentEvent[] {
    const copies = Array.from({ length: count }, () => this.#recent[this.#draw(this.#recent.length)]);
    return copies.flatMap((copy) => {
      if (!copy) return [];
      const lie = this.#draw(4);
      if (lie === 0) return [{ ...copy, llmTokens: copy.llmTokens + 1 }];
      return lie === 1 ? [{ ...copy, timestamp: new Date().toISOString() }] : [copy];
    });
  }

  #eventOf({ eventId, llmTokens, timestamp }: SentEvent) {
    const { agentId, ownerUserId: userId, deploymentId } = this.#source;
    const use = { requests: 1, llmTokens, computeMs: 3, toolCalls: 0, errors: 0, errorClass: null, costUsdEstimated: 0.000001 };
    return { eventId, userId, agentId, deploymentId, runtimeProvider: "embedded", timestamp, ...use, traceId: newId("trace") };
  }
}
