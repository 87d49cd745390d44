// Which calls run where in all gateways together: how many of one agent, and one of a session at a time. One script in Redis decides;
// without Redis each process keeps to the caps by itself (MISSION E1, E2).
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import { AppError } from "~/server/errors";
import { listenToChannel } from "~/server/queue/listen-to-channel";
import { Slots } from "~/server/rate-limit/slots";
import type { Services } from "~/server/services";
import type { WhileBusy } from "./target-book";

type PlaceNeeds = Pick<Services, "log" | "redis">;

export type PlaceWish = {
  agentId: string;
  concurrencyMax: number;
  /** One that begins with this call is held as well: it is in the list of sessions before its first answer is there. */
  session: { id: string; whileBusy: WhileBusy };
  timeoutMs: number;
};

/** A call's place. `release` it once; `interrupted` is called when a later message of the session takes it. */
export type CallPlace = {
  interrupted(cut: (why: AppError) => void): void;
  release(): void;
};

const channel = "session-interrupt";
/** Of a process that died nothing is kept for longer than its call could have taken. */
const graceMs = 5_000;
const lookEveryMs = 25;
const queueMax = 20;
const interruptWithinMs = 2_000;

/** KEYS: the agent's running calls, the session's. ARGV: this call, now, until when, how many at most. */
const enterScript = `
redis.call('zremrangebyscore', KEYS[1], '-inf', ARGV[2])
local holder = redis.call('get', KEYS[2])
if holder then return holder end
if redis.call('zcard', KEYS[1]) >= tonumber(ARGV[4]) then return 'full' end
redis.call('zadd', KEYS[1], ARGV[3], ARGV[1])
redis.call('pexpireat', KEYS[1], redis.call('zrevrange', KEYS[1], 0, 0, 'WITHSCORES')[2])
redis.call('set', KEYS[2], ARGV[1], 'PXAT', ARGV[3])
return 'in'`;

const leaveScript = `
redis.call('zrem', KEYS[1], ARGV[1])
if redis.call('get', KEYS[2]) == ARGV[1] then redis.call('del', KEYS[2]) end`;

type Entering = Redis & {
  whsEnterCall(keysCount: number, ...rest: (string | number)[]): Promise<string>;
  whsLeaveCall(keysCount: number, ...rest: (string | number)[]): Promise<null>;
};

const fullWords = (max: number) => `This agent already answers ${max} calls at once, which is the most of this plan.`;

/** A lifetime: one per process. */
export class CallPlaces {
  readonly #redis: Entering;
  readonly #slots = new Slots(fullWords);
  readonly #cuts = new Map<string, (why: AppError) => void>();
  readonly #queued = new Map<string, number>();
  readonly #stopListening: Promise<() => void>;

  constructor({ redis, log }: PlaceNeeds) {
    redis.defineCommand("whsEnterCall", { lua: enterScript });
    redis.defineCommand("whsLeaveCall", { lua: leaveScript });
    this.#redis = redis as Entering;
    this.#stopListening = listenToChannel(redis, channel, (callId) => this.#cut(callId));
    this.#stopListening.catch((error: unknown) => log.warn({ err: error }, "calls cannot be interrupted from other gateways"));
  }

  /** Rejects with `RATE_LIMITED` when too many run, with `CONFLICT` when the session is busy and does not give way. */
  async take(wish: PlaceWish): Promise<CallPlace> {
    const leaveSlot = this.#slots.take(wish.agentId, wish.concurrencyMax);
    const callId = randomUUID();
    try {
      await this.#enter(callId, wish);
    } catch (thrown) {
      leaveSlot();
      throw thrown;
    }
    return {
      interrupted: (cut) => this.#cuts.set(callId, cut),
      release: () => {
        leaveSlot();
        this.#cuts.delete(callId);
        this.#leave(callId, wish);
      },
    };
  }

  async stop(): Promise<void> {
    (await this.#stopListening.catch(() => () => undefined))();
  }

  async #enter(callId: string, wish: PlaceWish): Promise<void> {
    const first = await this.#ask(callId, wish);
    if (first === "in") return;
    if (first === "full") throw full(wish.concurrencyMax);
    const { session } = wish;
    if (session.whileBusy === "reject") throw busy();
    await this.#waitInQueue(session.id, () => this.#enterLater(callId, wish, first));
  }

  /** Until the session is free, as long as a call may take; whoever interrupts says so to each that holds it. */
  async #enterLater(callId: string, wish: PlaceWish, holder: string): Promise<void> {
    const interrupts = wish.session.whileBusy === "interrupt";
    const untilMs = performance.now() + (interrupts ? interruptWithinMs : wish.timeoutMs);
    for (let seen = holder; performance.now() < untilMs; ) {
      // Said at each look: whoever holds it may only just have begun.
      if (interrupts) {
        this.#cut(seen);
        await this.#redis.publish(channel, seen).catch(() => 0);
      }
      await pause(lookEveryMs);
      seen = await this.#ask(callId, wish);
      if (seen === "in") return;
      if (seen === "full") throw full(wish.concurrencyMax);
    }
    throw busy();
  }

  async #waitInQueue(sessionId: string, wait: () => Promise<void>): Promise<void> {
    const before = this.#queued.get(sessionId) ?? 0;
    if (before >= queueMax) throw busy();
    this.#queued.set(sessionId, before + 1);
    try {
      await wait();
    } finally {
      const left = (this.#queued.get(sessionId) ?? 1) - 1;
      if (left > 0) this.#queued.set(sessionId, left);
      else this.#queued.delete(sessionId);
    }
  }

  /** `in`, `full`, or the call that holds the session. With Redis away this process keeps to its own count. */
  async #ask(callId: string, { agentId, session, concurrencyMax, timeoutMs }: PlaceWish): Promise<string> {
    if (this.#redis.status !== "ready") return "in";
    const keys = keysOf(agentId, session.id);
    const now = Date.now();
    const given = [callId, now, now + timeoutMs + graceMs, concurrencyMax];
    return this.#redis.whsEnterCall(keys.length, ...keys, ...given).catch(() => "in");
  }

  #leave(callId: string, { agentId, session }: PlaceWish): void {
    if (this.#redis.status !== "ready") return;
    const keys = keysOf(agentId, session.id);
    this.#redis.whsLeaveCall(keys.length, ...keys, callId).catch(() => null);
  }

  #cut(callId: string): void {
    this.#cuts.get(callId)?.(
      new AppError("CONFLICT", "A later message of this session interrupted this answer.", {
        details: { reason: "session_interrupted" },
      }),
    );
  }
}

/** The braces keep both on one node of a Redis Cluster. */
function keysOf(agentId: string, sessionId: string): string[] {
  return [`whs:running:{${agentId}}`, `whs:session:{${agentId}}:${sessionId}`];
}

function full(max: number): AppError {
  return new AppError("RATE_LIMITED", fullWords(max), { details: { reason: "concurrency", retryAfterSeconds: 1 } });
}

function busy(): AppError {
  return new AppError("CONFLICT", "This session is still answering another message. Try again when it has ended.", {
    details: { reason: "session_busy", retryAfterSeconds: 1 },
    retryable: true,
  });
}
