// Many small writes as few transactions: whatever arrives while one commits goes into the next. Bounded, so memory is too.
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import type { SpanContext } from "@opentelemetry/api";
import { AppError } from "~/server/errors";
import { instruments } from "~/server/observability/instruments";
import { currentCause, inRootSpan } from "~/server/observability/spans";

export type GroupCommitOptions<Item, Outcome> = {
  /** What is written, for the message when there is too much of it. */
  name: string;
  /** Items that may wait; more are refused at once. */
  pendingMax: number;
  /** Items of one transaction. */
  groupMax: number;
  /** How long the first item of a quiet time waits for company; 0: until the other events of this turn are through. */
  gatherMs: number;
  /**
   * A group that would follow the one before at once waits for company as well, unless so many items are there already: what a transaction
   * costs by itself is then shared by many, also while each of them is answered before its sender sends the next. Left out: none waits.
   */
  companyWanted?: number;
  /**
   * Transactions that may be under way at one time; 1 when left out. Another begins beside one only with the company wanted, so that under
   * steady work the database has the next group at hand when it is through with one. Groups then may be committed in another order than
   * they came.
   */
  lanes?: number;
  /** One transaction. Answers one outcome per item, in order, once they are durable. */
  commit: (items: Item[]) => Promise<Outcome[]>;
};

const linksMax = 32;

type Submission<Item, Outcome> = {
  items: Item[];
  /** The span that it was submitted in. */
  cause: SpanContext | null;
  resolve: (outcomes: Outcome[]) => void;
  reject: (error: unknown) => void;
};

type Lane = { over: Promise<void> };

/** A lifetime: one per process and kind of write; call `drain()` before the database is closed. */
export class GroupCommit<Item, Outcome> {
  readonly #options: GroupCommitOptions<Item, Outcome>;
  #waiting: Submission<Item, Outcome>[] = [];
  #waitingItems = 0;
  #pending = 0;
  readonly #underway = new Set<Lane>();

  constructor(options: GroupCommitOptions<Item, Outcome>) {
    this.#options = options;
  }

  /** Whether one more item would be refused. */
  get isFull(): boolean {
    return this.#pending >= this.#options.pendingMax;
  }

  /**
   * Resolves when the items are durable: all of one submission, or none. Rejects with a retryable 503 when too much is
   * waiting already, or with what the transaction failed with.
   */
  async submit(items: Item[]): Promise<Outcome[]> {
    if (items.length === 0) return [];
    if (this.#pending + items.length > this.#options.pendingMax) throw overloaded(this.#options.name);
    this.#pending += items.length;
    try {
      return await new Promise<Outcome[]>((resolve, reject) => {
        this.#waiting.push({ items, cause: currentCause(), resolve, reject });
        this.#waitingItems += items.length;
        this.#startLane();
      });
    } finally {
      this.#pending -= items.length;
    }
  }

  /** Resolves when nothing is waiting any more. */
  async drain(): Promise<void> {
    while (this.#underway.size > 0) await Promise.all([...this.#underway].map((lane) => lane.over));
  }

  /** The only one gathers first; one beside it begins when what waits is worth a transaction of its own. */
  #startLane(): void {
    const isOnly = this.#underway.size === 0;
    const { lanes = 1 } = this.#options;
    if (!isOnly && (this.#underway.size >= lanes || this.#waitingItems < this.#companyWanted)) return;
    const lane: Lane = { over: Promise.resolve() };
    this.#underway.add(lane);
    lane.over = this.#run(lane, isOnly);
  }

  async #run(lane: Lane, isOnly: boolean): Promise<void> {
    if (isOnly) await this.#gather();
    while (this.#waiting.length > 0) {
      await this.#commitGroup(this.#takeGroup());
      const isTooFew = this.#waitingItems < this.#companyWanted;
      if (isTooFew && this.#underway.size > 1) break;
      if (isTooFew && this.#waitingItems > 0) await this.#gather();
    }
    this.#underway.delete(lane);
  }

  async #gather(): Promise<void> {
    await (this.#options.gatherMs === 0 ? nextTurn() : pause(this.#options.gatherMs));
  }

  get #companyWanted(): number {
    return this.#options.companyWanted ?? 0;
  }

  /** At least one submission, whatever its size. */
  #takeGroup(): Submission<Item, Outcome>[] {
    let items = 0;
    const full = this.#waiting.findIndex((submission, place) => {
      items += submission.items.length;
      return place > 0 && items > this.#options.groupMax;
    });
    const group = this.#waiting.splice(0, full === -1 ? this.#waiting.length : full);
    this.#waitingItems -= group.reduce((sum, submission) => sum + submission.items.length, 0);
    return group;
  }

  async #commitGroup(group: Submission<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.#commit(group);
      instruments().groupCommitSize.record(outcomes.length, { writer: this.#options.name });
      let place = 0;
      for (const { items, resolve } of group) {
        resolve(outcomes.slice(place, place + items.length));
        place += items.length;
      }
    } catch (error) {
      await this.#commitApart(group, error);
    }
  }

  /** In a trace of its own, linked to those of its submissions: it is a part of none of them. */
  #commit(group: Submission<Item, Outcome>[]): Promise<Outcome[]> {
    const items = group.flatMap((submission) => submission.items);
    const { name, commit } = this.#options;
    const causes = group.slice(0, linksMax).flatMap(({ cause }) => cause ?? []);
    const facts = { "whs.writer": name, "whs.items": items.length };
    return inRootSpan({ name: `commit ${name}`, kind: "internal", facts }, () => commit(items), causes);
  }

  /** One submission that the database refuses must not sink the others: each is tried by itself. */
  async #commitApart(group: Submission<Item, Outcome>[], groupError: unknown): Promise<void> {
    const [only, second] = group;
    if (only && !second) return only.reject(groupError);
    for (const submission of group) {
      await this.#commit([submission]).then(submission.resolve, submission.reject);
    }
  }
}

function overloaded(name: string): AppError {
  return new AppError("RATE_LIMITED", `There are more ${name} than can be written just now. Try again in a moment.`, {
    details: { overloaded: true, retryAfterSeconds: 1 },
  });
}
