// What this gateway asks Redis about places in one turn of the event loop goes there together, one command for each agent: of a busy
// gateway's commands most of the cost is the command itself.
import type { Redis } from "ioredis";
import type { Services } from "~/server/services";
import { type Entered, placeScript } from "./place-scripts";

export type PlaceQuestion = {
  callId: string;
  agentId: string;
  sessionId: string;
  /** How many of the agent at most. */
  concurrencyMax: number;
  /** How many calls may wait for the session; 0: this one does not. */
  waitingMax: number;
  /** When the place ends by itself, in ms since 1970. */
  untilMs: number;
};

/** `answer`: null of one that leaves. */
type Asked = { question: PlaceQuestion; answer: ((entered: Entered | null) => void) | null };

/** Redis does nothing else meanwhile. */
const questionsMax = 100;

type Asking = Redis & { whsPlaces(keysCount: number, ...rest: (string | number)[]): Promise<Entered[]> };

/** A lifetime: one per process. */
export class PlaceDesk {
  readonly #redis: Asking;
  readonly #turnChannel: string;
  #asked = new Map<string, Asked[]>();
  /** Which call of this process has which session: all that it can go by while Redis is away. */
  readonly #holders = new Map<string, string>();

  /** On `turnChannel` a waiting call's id is said when it is its turn. */
  constructor({ redis }: Pick<Services, "redis">, turnChannel: string) {
    redis.defineCommand("whsPlaces", { lua: placeScript });
    this.#redis = redis as Asking;
    this.#turnChannel = turnChannel;
  }

  /** Whether the call may begin. With Redis away each process goes by its own calls alone. */
  enter(question: PlaceQuestion): Promise<Entered> {
    return new Promise((resolve) => {
      const answer = (asked: Entered | null) => resolve(this.#noteEntered(question, asked));
      if (this.#redis.status === "ready") this.#ask({ question, answer });
      else answer(null);
    });
  }

  /** It runs or waits no more. Said after everything that was asked before it; nobody waits for it. */
  leave(question: PlaceQuestion): void {
    const { sessionId, callId } = question;
    if (this.#holders.get(sessionId) === callId) this.#holders.delete(sessionId);
    if (this.#redis.status === "ready") this.#ask({ question, answer: null });
  }

  /** `asked` null: Redis is away. */
  #noteEntered(question: PlaceQuestion, asked: Entered | null): Entered {
    const entered = asked ?? this.#holderBefore(question) ?? "in";
    if (entered === "in") this.#holders.set(question.sessionId, question.callId);
    return entered;
  }

  #holderBefore({ sessionId, callId }: PlaceQuestion): string | null {
    const holder = this.#holders.get(sessionId);
    return holder === undefined || holder === callId ? null : holder;
  }

  #ask(asked: Asked): void {
    const { agentId } = asked.question;
    if (this.#asked.size === 0) setImmediate(() => this.#sendAll());
    const before = this.#asked.get(agentId);
    if (before) before.push(asked);
    else this.#asked.set(agentId, [asked]);
  }

  #sendAll(): void {
    const all = this.#asked;
    this.#asked = new Map();
    if (this.#redis.status !== "ready") {
      for (const asked of all.values()) asked.forEach(leaveToProcess);
      return;
    }
    // What one turn says leaves in one write.
    const { stream } = this.#redis;
    stream?.cork();
    for (const [agentId, asked] of all) {
      for (let from = 0; from < asked.length; from += questionsMax) this.#send(agentId, asked.slice(from, from + questionsMax));
    }
    stream?.uncork();
  }

  #send(agentId: string, asked: Asked[]): void {
    const [keys, words] = [[`whs:running:{${agentId}}`], [String(Date.now()), this.#turnChannel]];
    for (const { question, answer } of asked) {
      // The braces keep all on one node of a Redis Cluster.
      const session = `whs:session:{${agentId}}:${question.sessionId}`;
      keys.push(session, `${session}:waiting`, `${session}:seen`);
      const { callId, untilMs, concurrencyMax, waitingMax } = question;
      words.push(callId, answer ? String(untilMs) : "", String(concurrencyMax), String(waitingMax));
    }
    this.#redis.whsPlaces(keys.length, ...keys, ...words).then(
      (answers) => asked.forEach(({ answer }, at) => void answer?.(answers[at] ?? null)),
      () => asked.forEach(leaveToProcess),
    );
  }
}

function leaveToProcess({ answer }: Asked): void {
  answer?.(null);
}
