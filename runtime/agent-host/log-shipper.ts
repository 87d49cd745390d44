// Brings what agents print to the house: in batches, each line until it is durable there, within bounds of memory. No agent ever waits for it.
import { once } from "node:events";
import { type HostLogReport, leftOutReasons, linesLeftOut, logCaps, type ShippedLine } from "~/runtime/contract/host-logs";
import { newUlid } from "~/runtime/contract/new-ulid";
import type { HostLog } from "./host-log";

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
  /** Delivers what is left, again and again for some seconds; says what could not be delivered by then. */
  stop(): Promise<void>;
};

export type ShipperParts = {
  /** Answers the status, or 0 when the house cannot be reached. */
  send(report: HostLogReport): Promise<number>;
  log: HostLog;
  now?: () => number;
  /** How long `stop` goes on trying. */
  lastTriesMs?: number;
};

type Reason = "minute" | "backlog";
type Queue = {
  deploymentId: string;
  seq: number;
  waiting: ShippedLine[];
  bytes: number;
  minute: number;
  minuteLines: number;
  minuteBytes: number;
  leftOut: Record<Reason, number>;
  onDelivered: (() => void)[];
};

const gatherMs = 100;
const retryMsMin = 250;
const retryMsMax = 10_000;
const tellMs = 5_000;
const lastTriesMs = 5_000;
/** While the house is away; then the oldest lines give way. */
const queueLinesMax = 5_000;
const queueBytesMax = 2 * 1024 * 1024;
const allBytesMax = 32 * 1024 * 1024;
/** Of one agent in one report, so that a loud one keeps no quiet one waiting. */
const turnLinesMax = 100;
const reportLinesMax = 800;
const reportBytesMax = 1024 * 1024;

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
  readonly #queues = new Map<string, Queue>();
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
    const lines = this.#linesWaiting();
    if (lines > 0) this.#parts.log.error({ lines }, "lines of agents could not be delivered before the host ended, and are lost");
  }

  async #deliverRest(over: AbortSignal): Promise<void> {
    await this.#running;
    for (const queue of this.#queues.values()) this.#tell(queue);
    for (;;) {
      await this.#drain();
      if (over.aborted || this.#linesWaiting() === 0) return;
      await Promise.race([new Promise((resolve) => setTimeout(resolve, retryMsMin)), once(over, "abort")]);
    }
  }

  #linesWaiting(): number {
    return [...this.#queues.values()].reduce((sum, { waiting }) => sum + waiting.length, 0);
  }

  #add(queue: Queue, line: PrintedLine): void {
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

  #push(queue: Queue, line: Omit<ShippedLine, "seq">, bytes: number): void {
    queue.seq += 1;
    queue.waiting.push({ ...line, seq: queue.seq });
    queue.bytes += bytes;
    this.#allBytes += bytes;
    while (queue.waiting.length > queueLinesMax || queue.bytes > queueBytesMax) this.#giveWay(queue);
    while (this.#allBytes > allBytesMax) this.#giveWay(this.#fullest());
    this.#ring();
  }

  #giveWay(queue: Queue): void {
    this.#remove(queue, 1);
    this.#leaveOut(queue, "backlog");
  }

  /** Who keeps most waiting gives way first: many loud agents together must not push out what a quiet one said. */
  #fullest(): Queue {
    return [...this.#queues.values()].reduce((most, queue) => (queue.bytes > most.bytes ? queue : most));
  }

  #leaveOut(queue: Queue, why: Reason): void {
    queue.leftOut[why] += 1;
  }

  #beginMinute(queue: Queue): void {
    const minute = Math.floor(this.#now() / 60_000);
    if (minute === queue.minute) return;
    Object.assign(queue, { minute, minuteLines: 0, minuteBytes: 0 });
  }

  /** Where the missing lines would be, as far as that is known. */
  #tell(queue: Queue): void {
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

  #remove(queue: Queue, count: number): void {
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
      this.#running = this.#drain().finally(() => {
        this.#running = null;
      });
    }, ms);
    this.#timer.unref();
  }

  /** Until nothing waits, or the house does not take it. */
  async #drain(): Promise<void> {
    for (let report = this.#nextReport(); report.deployments.length > 0; report = this.#nextReport()) {
      const status = await this.#parts.send(report);
      if (status === 0 || status === 429 || status >= 500) {
        this.#retryLater();
        return;
      }
      this.#retryMs = retryMsMin;
      if (status >= 400) this.#parts.log.warn({ status }, "the house refused lines of agents; they were dropped");
      this.#forget(report);
    }
  }

  #retryLater(): void {
    if (this.#isStopped) return;
    this.#schedule(this.#retryMs);
    this.#retryMs = Math.min(retryMsMax, this.#retryMs * 2);
  }

  #nextReport(): HostLogReport {
    const deployments: HostLogReport["deployments"] = [];
    let [lines, bytes] = [0, 0];
    for (const queue of this.#queues.values()) {
      if (queue.waiting.length === 0) continue;
      const turn: ShippedLine[] = [];
      for (const line of queue.waiting.slice(0, turnLinesMax)) {
        if (lines >= reportLinesMax || bytes > reportBytesMax) break;
        turn.push(line);
        lines += 1;
        bytes += Buffer.byteLength(line.line);
      }
      if (turn.length === 0) break;
      deployments.push({ deploymentId: queue.deploymentId, lines: turn });
    }
    return { source: this.life, deployments };
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

function emptyQueue(deploymentId: string): Queue {
  const counts = { seq: 0, bytes: 0, minute: 0, minuteLines: 0, minuteBytes: 0 };
  return { deploymentId, waiting: [], ...counts, leftOut: { minute: 0, backlog: 0 }, onDelivered: [] };
}
