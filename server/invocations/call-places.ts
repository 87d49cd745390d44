// Which calls run where in all gateways together: how many of one agent, and one of a session at a time. One script in Redis decides;
// without Redis each process keeps to the caps by itself (MISSION E1, E2).
import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { AppError } from "~/server/errors";
import { listenToChannel } from "~/server/queue/listen-to-channel";
import { Slots } from "~/server/rate-limit/slots";
import type { Services } from "~/server/services";
import { PlaceDesk, type PlaceQuestion } from "./place-desk";
import type { Entered } from "./place-scripts";
import type { WhileBusy } from "./target-book";

type PlaceNeeds = Pick<Services, "log" | "redis">;

export type PlaceWish = {
  agentId: string;
  concurrencyMax: number;
  /** One that begins with this call is held as well: it is in the list of sessions before its first answer is there. */
  session: { id: string; whileBusy: WhileBusy };
  timeoutMs: number;
  /** Who leaves while they wait give up their turn. */
  caller?: ServerResponse | undefined;
};

/** A call's place. `release` it once; `interrupted` is called when a later message of the session takes it. */
export type CallPlace = {
  interrupted(cut: (why: AppError) => void): void;
  release(): void;
};

const channel = "session-interrupt";
const turnChannel = "session-turn";
/** Of a process that died nothing is kept for longer than its call could have taken. */
const graceMs = 5_000;
/** Whose turn it is hears of it; this is for when that word is lost, and says that the call still waits. */
const lookAgainMs = 500;
/** Of one session, in all gateways together. */
const queueMax = 20;
const interruptWithinMs = 2_000;

const fullWords = (max: number) =>
  `This agent already answers ${max} calls at once, which is the most that its limits or its plan let.`;

/** A lifetime: one per process. */
export class CallPlaces {
  readonly #redis: Services["redis"];
  readonly #desk: PlaceDesk;
  readonly #slots = new Slots(fullWords);
  readonly #cuts = new Map<string, (why: AppError) => void>();
  readonly #turns = new Map<string, () => void>();
  readonly #stopListening: Promise<() => void>[];

  constructor({ redis, log }: PlaceNeeds) {
    this.#redis = redis;
    this.#desk = new PlaceDesk({ redis }, turnChannel);
    this.#stopListening = [
      listenToChannel(redis, channel, (callId) => this.#cut(callId)),
      listenToChannel(redis, turnChannel, (callId) => this.#turns.get(callId)?.()),
    ];
    for (const stop of this.#stopListening) {
      stop.catch((error: unknown) => log.warn({ err: error }, "gateways do not hear of each other's calls"));
    }
  }

  /** Rejects with `RATE_LIMITED` when too many run, with `CONFLICT` when the session is busy and does not give way. */
  async take(wish: PlaceWish): Promise<CallPlace> {
    const leaveSlot = this.#slots.take(wish.agentId, wish.concurrencyMax);
    const callId = randomUUID();
    // Who interrupts may be quicker than whoever begins: what it says is not lost.
    let early: AppError | null = null;
    this.#cuts.set(callId, (why) => {
      early ??= why;
      this.#turns.get(callId)?.();
    });
    try {
      const first = await this.#ask(callId, wish);
      if (!isIn(first, wish)) await this.#wait(callId, wish, { first, cutShort: () => early });
    } catch (thrown) {
      leaveSlot();
      this.#cuts.delete(callId);
      this.#leave(callId, wish);
      throw thrown;
    }
    return {
      interrupted: (cut) => {
        this.#cuts.set(callId, cut);
        if (early) cut(early);
      },
      release: () => {
        leaveSlot();
        this.#cuts.delete(callId);
        this.#leave(callId, wish);
      },
    };
  }

  async stop(): Promise<void> {
    for (const stop of this.#stopListening) (await stop.catch(() => () => undefined))();
  }

  /** `first`: who holds the session. */
  #wait(callId: string, wish: PlaceWish, { first, cutShort }: { first: string; cutShort: () => AppError | null }): Promise<void> {
    const { whileBusy } = wish.session;
    if (whileBusy === "reject") throw busy();
    return whileBusy === "queue"
      ? this.#enterInTurn(callId, wish)
      : this.#enterByForce(callId, wish, { holder: first, cutShort });
  }

  /** One after the other, as they came, as long as a call may take. */
  async #enterInTurn(callId: string, wish: PlaceWish): Promise<void> {
    const untilMs = performance.now() + wish.timeoutMs;
    while (performance.now() < untilMs) {
      const turn = this.#hearOfTurn(callId, wish.caller);
      try {
        // Asked while it already listens: no turn is given between the two.
        if (isIn(await this.#ask(callId, wish), wish)) return;
        await turn.come;
      } finally {
        turn.end();
      }
      if (wish.caller?.destroyed) throw busy();
    }
    throw busy();
  }

  /** `come` when it is this call's turn, its caller left, or it is time to look again. */
  #hearOfTurn(callId: string, caller: ServerResponse | undefined) {
    let wake = () => {};
    const come = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const timer = setTimeout(wake, lookAgainMs);
    this.#turns.set(callId, wake);
    caller?.once("close", wake);
    const end = () => {
      clearTimeout(timer);
      this.#turns.delete(callId);
      caller?.off("close", wake);
    };
    return { come, end };
  }

  /** Whoever interrupts says so to each that holds the session, until it is free, or a later message interrupts this one. */
  async #enterByForce(
    callId: string,
    wish: PlaceWish,
    { holder, cutShort }: { holder: string; cutShort: () => AppError | null },
  ): Promise<void> {
    const untilMs = performance.now() + interruptWithinMs;
    for (let seen = holder; performance.now() < untilMs && !wish.caller?.destroyed; ) {
      const turn = this.#hearOfTurn(callId, wish.caller);
      try {
        // Said while it already listens, and at each look: whoever holds it may only just have begun.
        this.#cut(seen);
        if (this.#redis.status === "ready") await this.#redis.publish(channel, seen).catch(() => 0);
        await turn.come;
      } finally {
        turn.end();
      }
      const why = cutShort();
      if (why) throw why;
      seen = await this.#ask(callId, wish);
      if (isIn(seen, wish)) return;
    }
    throw busy();
  }

  #ask(callId: string, wish: PlaceWish): Promise<Entered> {
    return this.#desk.enter(questionOf(callId, wish));
  }

  #leave(callId: string, wish: PlaceWish): void {
    this.#desk.leave(questionOf(callId, wish));
  }

  #cut(callId: string): void {
    this.#cuts.get(callId)?.(
      new AppError("CONFLICT", "A later message of this session interrupted this answer.", {
        details: { reason: "session_interrupted" },
      }),
    );
  }
}

/** Throws when it may not even wait. */
function isIn(entered: Entered, wish: PlaceWish): boolean {
  if (entered === "full") throw full(wish.concurrencyMax);
  if (entered === "crowded") throw busy();
  return entered === "in";
}

function questionOf(callId: string, { agentId, session, concurrencyMax, timeoutMs }: PlaceWish): PlaceQuestion {
  const waitingMax = session.whileBusy === "reject" ? 0 : queueMax;
  return { callId, agentId, sessionId: session.id, concurrencyMax, waitingMax, untilMs: Date.now() + timeoutMs + graceMs };
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
