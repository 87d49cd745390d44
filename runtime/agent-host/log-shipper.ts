// Brings what agents print to the house: in batches, each line until it is durable there, within bounds of memory. No agent ever waits for it.
import { once } from "node:events";
import { type HostLogReport, leftOutReasons, linesLeftOut, logCaps, type ShippedLine } from "~/runtime/contract/host-logs";
import { newUlid } from "~/runtime/contract/new-ulid";
import type { HostLog } from "./host-log";
import type { KeptReports } from "./kept-reports";
import { emptyQueue, type LeftOutReason, type LogQueue, nextReport } from "./log-queue";

export type PrintedLine = Omit<ShippedLine, "seq" | "leftOut">;

/** Of one deployment. */
export type LogOutlet = {
  add(line: PrintedLine): void;
  /** A line was printed that nobody will read: it came too fast. */
  leaveOut(): void;
};

export type LogShipper = {
  /** Of this host: under it the house counts its lines. */
  life: string;
  outletOf(deploymentId: string): LogOutlet;
  /** Calls as soon as no line of that deployment waits: at once, later, or never. */
  whenDelivered(deploymentId: string, call: () => void): void;
  /** Delivers what is left, again and again for a moment; what could not be delivered by then waits on disk for the next life. */
  stop(): Promise<void>;
};

export type ShipperParts = {
  /** Answers the status, or 0 when the house cannot be reached. */
  send(report: HostLogReport): Promise<number>;
  /** What lives before this one could not deliver, and what this one cannot. */
  kept: KeptReports;
  log: HostLog;
  now?: () => number;
  /** How long `stop` goes on trying. */
  lastTriesMs?: number;
};

const gatherMs = 100;
const retryMsMin = 250;
const retryMsMax = 10_000;
const tellMs = 5_000;
const lastTriesMs = 2_000;
/** While the house is away; then the oldest lines give way. */
const queueLinesMax = 5_000;
const queueBytesMax = 2 * 1024 * 1024;
const allBytesMax = 32 * 1024 * 1024;
const taken = 204;

export function createLogShipper(parts: ShipperParts): LogShipper {
  const shipper = new Shipper(parts);
  return {
    life: shipper.life,
    outletOf: (deploymentId) => shipper.outletOf(deploymentId),
    whenDelivered: (deploymentId, call) => shipper.whenDelivered(deploymentId, call),
    stop: () => shipper.stop(),
  };
}

class Shipper {
  readonly life = newUlid().toLowerCase();
  readonly #parts: ShipperParts;
  readonly #now: () => number;
  readonly #queues = new Map<string, LogQueue>();
  readonly #teller: NodeJS.Timeout;
  #allBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #retryMs = retryMsMin;
  #running: Promise<void> | null = null;
  #isStopped = false;

  constructor(parts: ShipperParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    // An agent that fell silent after it shouted has a line that says so, too.
    this.#teller = setInterval(() => this.#tellAll(), tellMs);
    this.#teller.unref();
    if (parts.kept.first() !== null) this.#schedule(0);
  }

  outletOf(deploymentId: string): LogOutlet {
    const queue = this.#queues.get(deploymentId) ?? emptyQueue(deploymentId);
    this.#queues.set(deploymentId, queue);
    return { add: (line) => this.#add(queue, line), leaveOut: () => this.#leaveOut(queue, "minute") };
  }

  whenDelivered(deploymentId: string, call: () => void): void {
    const queue = this.#queues.get(deploymentId);
    if (queue === undefined || queue.waiting.length === 0) call();
    else queue.onDelivered.push(call);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearInterval(this.#teller);
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(), this.#parts.lastTriesMs ?? lastTriesMs);
    await Promise.race([this.#deliverRest(over.signal), once(over.signal, "abort")]);
    over.abort();
    clearTimeout(timer);
    this.#keepRest();
  }

  /** In the order in which they would have gone, under the same numbers: whatever comes twice is taken in once. */
  #keepRest(): void {
    const lines = this.#linesWaiting();
    if (lines === 0) return;
    try {
      for (let report = this.#nextReport(); report.deployments.length > 0; report = this.#nextReport()) {
        this.#parts.kept.add(report);
        this.#forget(report);
      }
      this.#parts.log.info({ lines }, "lines of agents could not be delivered now and are kept for the next start");
    } catch (error) {
      const lost = this.#linesWaiting();
      this.#parts.log.error({ err: error, lines: lost }, "lines of agents could neither be delivered nor kept, and are lost");
    }
  }

  async #deliverRest(over: AbortSignal): Promise<void> {
    await this.#running;
    for (const queue of this.#queues.values()) this.#tell(queue);
    for (;;) {
      // With nobody there to hear, trying again is only waiting.
      if ((await this.#drain()) === 0) return;
      if (over.aborted || this.#linesWaiting() === 0) return;
      await Promise.race([new Promise((resolve) => setTimeout(resolve, retryMsMin)), once(over, "abort")]);
    }
  }

  #linesWaiting(): number {
    return [...this.#queues.values()].reduce((sum, { waiting }) => sum + waiting.length, 0);
  }

  #add(queue: LogQueue, line: PrintedLine): void {
    const bytes = Buffer.byteLength(line.line);
    this.#beginMinute(queue);
    if (queue.minuteLines >= logCaps.linesPerMinuteMax || queue.minuteBytes + bytes > logCaps.bytesPerMinuteMax) {
      this.#leaveOut(queue, "minute");
      return;
    }
    this.#tell(queue);
    queue.minuteLines += 1;
    queue.minuteBytes += bytes;
    this.#push(queue, line, bytes);
  }

  #push(queue: LogQueue, line: Omit<ShippedLine, "seq">, bytes: number): void {
    queue.seq += 1;
    queue.waiting.push({ ...line, seq: queue.seq });
    queue.bytes += bytes;
    this.#allBytes += bytes;
    while (queue.waiting.length > queueLinesMax || queue.bytes > queueBytesMax) this.#giveWay(queue);
    while (this.#allBytes > allBytesMax) this.#giveWay(this.#fullest());
    this.#ring();
  }

  #giveWay(queue: LogQueue): void {
    this.#remove(queue, 1);
    this.#leaveOut(queue, "backlog");
  }

  /** Who keeps most waiting gives way first: many loud agents together must not push out what a quiet one said. */
  #fullest(): LogQueue {
    return [...this.#queues.values()].reduce((most, queue) => (queue.bytes > most.bytes ? queue : most));
  }

  #leaveOut(queue: LogQueue, why: LeftOutReason): void {
    queue.leftOut[why] += 1;
  }

  #beginMinute(queue: LogQueue): void {
    const minute = Math.floor(this.#now() / 60_000);
    if (minute === queue.minute) return;
    Object.assign(queue, { minute, minuteLines: 0, minuteBytes: 0 });
  }

  /** Where the missing lines would be, as far as that is known. */
  #tell(queue: LogQueue): void {
    for (const why of ["minute", "backlog"] as const) {
      const leftOut = queue.leftOut[why];
      if (leftOut === 0) continue;
      queue.leftOut[why] = 0;
      const line = linesLeftOut(leftOut, leftOutReasons[why]);
      this.#push(queue, { at: new Date(this.#now()).toISOString(), stream: "host", line, leftOut }, line.length);
    }
  }

  #tellAll(): void {
    for (const queue of this.#queues.values()) {
      const isOver = Math.floor(this.#now() / 60_000) !== queue.minute;
      if (isOver && queue.leftOut.minute + queue.leftOut.backlog > 0 && queue.waiting.length < queueLinesMax) this.#tell(queue);
    }
  }

  #remove(queue: LogQueue, count: number): void {
    for (const { line } of queue.waiting.splice(0, count)) {
      const bytes = Buffer.byteLength(line);
      queue.bytes -= bytes;
      this.#allBytes -= bytes;
    }
  }

  #ring(): void {
    if (this.#timer !== undefined || this.#running !== null || this.#isStopped) return;
    this.#schedule(gatherMs);
  }

  #schedule(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#running = this.#drain()
        .then(() => undefined)
        .finally(() => {
          this.#running = null;
        });
    }, ms);
    this.#timer.unref();
  }

  /** Until nothing waits, or the house does not take it; answers what it said last. What earlier lives kept goes first. */
  async #drain(): Promise<number> {
    const { kept } = this.#parts;
    for (let first = kept.first(); first !== null; first = kept.first()) {
      const status = await this.#deliver(first.report);
      if (isTransient(status)) return status;
      kept.remove(first.name);
    }
    for (let report = this.#nextReport(); report.deployments.length > 0; report = this.#nextReport()) {
      const status = await this.#deliver(report);
      if (isTransient(status)) return status;
      this.#forget(report);
    }
    return taken;
  }

  async #deliver(report: HostLogReport): Promise<number> {
    const status = await this.#parts.send(report);
    if (isTransient(status)) this.#retryLater();
    else this.#retryMs = retryMsMin;
    if (status >= 400 && !isTransient(status)) {
      this.#parts.log.warn({ status }, "the house refused lines of agents; they were dropped");
    }
    return status;
  }

  #retryLater(): void {
    if (this.#isStopped) return;
    this.#schedule(this.#retryMs);
    this.#retryMs = Math.min(retryMsMax, this.#retryMs * 2);
  }

  #nextReport(): HostLogReport {
    return nextReport(this.life, this.#queues.values());
  }

  /** Whoever had a turn goes to the end of the row. Some may have given way meanwhile. */
  #forget(report: HostLogReport): void {
    for (const { deploymentId, lines } of report.deployments) {
      const queue = this.#queues.get(deploymentId);
      const last = lines.at(-1)?.seq ?? 0;
      if (queue === undefined) continue;
      const rest = queue.waiting.findIndex(({ seq }) => seq > last);
      this.#remove(queue, rest === -1 ? queue.waiting.length : rest);
      if (queue.waiting.length === 0) for (const call of queue.onDelivered.splice(0)) call();
      this.#queues.delete(deploymentId);
      this.#queues.set(deploymentId, queue);
    }
  }
}

/** 0: nobody there. */
function isTransient(status: number): boolean {
  return status === 0 || status === 429 || status >= 500;
}
