// One request's hold on its idempotency key: taken before the act, witnessed by the act's own commit, settled after it (MISSION C6).
import { randomUUID } from "node:crypto";
import type { Db } from "~/db/client";
import type { Tx, Witness } from "~/db/transaction";
import type { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import {
  beginKeyIfFreeAcrossWorkspaces,
  countLiveKeysAcrossWorkspaces,
  endLeaseAcrossWorkspaces,
  findKeyAcrossWorkspaces,
  hasWrittenAcrossWorkspaces,
  releaseKeyIfIdleAcrossWorkspaces,
  setActedIfHeldAcrossWorkspaces,
  setAnsweredIfHeldAcrossWorkspaces,
} from "./idempotency.queries";
import { hashesOf, type KeyUse } from "./idempotency-key";
import { answerPlace, packAnswer, packError } from "./kept-answer";
import { keyReused, notKept, outcomeUnknown, stillRunning, tooManyKeys } from "./key-conflicts";

export type HoldNeeds = Pick<Services, "across" | "clock" | "config" | "log" | "vault">;

export type HoldOptions = {
  /** How long an answer is kept, counted from the request's beginning, of a call from its end. A day; replies with content at most 15 minutes (MISSION G3). */
  keptForMs?: number;
  /** How long the act may take; a minute. */
  leaseMs?: number;
  /** The largest answer that is kept. */
  keptBytesMax?: number;
  /** Calls of agents are limited by themselves and forgotten within minutes: they take no room from the acts of a person. */
  isCall?: boolean;
  /**
   * Every transaction of the act is witnessed. Then whatever a killed process left without a mark did nothing, and is done anew;
   * else nobody knows, and the caller is told so.
   */
  isWitnessed: boolean;
  /** What is kept of an answer: without what is shown only once. */
  keep: (answer: unknown) => unknown;
};

/** Within this time a request is done, or its process is dead. A slow one that outlives it cannot commit any more. */
export const leaseMs = 60_000;
/** Of one person, whichever API keys and workspaces they act by. */
export const keysOfOneMax = 20_000;
const dayMs = 24 * 60 * 60_000;
/** A key that was let go between two looks is tried again so often. */
const looksMax = 5;

/** Done before: the answer as kept, for `unpackAnswer`. */
export type Replay = { text: string };

/**
 * Rejects with `CONFLICT` when the key stands for another body, is in use, or its outcome is not known; with `RATE_LIMITED` when too
 * many are kept for this person already.
 */
export async function holdKey(needs: HoldNeeds, use: KeyUse, options: HoldOptions): Promise<Hold | Replay> {
  const { place, fingerprint } = hashesOf(needs.config, use);
  if (!options.isCall) await assertRoom(needs, use, place);
  for (let look = 0; look < looksMax; look += 1) {
    const hold = await begin(needs, use, { place, fingerprint }, options);
    if (hold) return hold;
    const row = await findKeyAcrossWorkspaces(needs.across, place);
    if (!row) continue;
    if (row.fingerprint !== fingerprint) throw keyReused();
    if (row.answeredAt) return replay(needs, { ...placeOf(use, place), sealedAnswer: row.sealedAnswer });
    const leftMs = row.leaseEndsAt.getTime() - needs.clock.now().getTime();
    throw leftMs > 0 ? stillRunning() : outcomeUnknown();
  }
  throw stillRunning();
}

/** The forms of our pages make few things, each of them limited; a script that uses up the keys must not lock its owner out of them. */
async function assertRoom(needs: HoldNeeds, { principal: { userId }, isOfForm }: KeyUse, place: string): Promise<void> {
  if (isOfForm) return;
  const asked = { userId, now: needs.clock.now(), limit: keysOfOneMax };
  if ((await countLiveKeysAcrossWorkspaces(needs.across, asked)) < keysOfOneMax) return;
  if (!(await findKeyAcrossWorkspaces(needs.across, place))) throw tooManyKeys(keysOfOneMax);
}

type Hashes = { place: string; fingerprint: string };
type Owned = { ownerId: string; place: string; procedure: string };

function placeOf({ principal, workspaceId, procedure }: KeyUse, place: string): Owned {
  return { ownerId: workspaceId ?? principal.userId, place, procedure };
}

async function begin(needs: HoldNeeds, use: KeyUse, hashes: Hashes, options: HoldOptions): Promise<Hold | null> {
  const { principal, workspaceId, procedure } = use;
  const createdAt = needs.clock.now();
  const leaseId = randomUUID();
  const leaseEndsAt = after(createdAt, options.leaseMs ?? leaseMs);
  const begun = await beginKeyIfFreeAcrossWorkspaces(
    needs.across,
    {
      ...hashes,
      workspaceId,
      userId: principal.userId,
      procedure,
      leaseId,
      leaseEndsAt,
      createdAt,
      // A call may take longer than its answer is kept: until it has ended its key is not free.
      expiresAt: after(options.isCall ? leaseEndsAt : createdAt, options.keptForMs ?? dayMs),
    },
    { mayTakeUp: options.isWitnessed },
  );
  return begun ? new Hold(needs, { ...placeOf(use, hashes.place), leaseId }, options) : null;
}

async function replay(needs: HoldNeeds, { sealedAnswer, ...owned }: Owned & { sealedAnswer: Buffer | null }): Promise<Replay> {
  if (!sealedAnswer) throw notKept();
  const text = await needs.vault.open(answerPlace(owned), sealedAnswer);
  return { text };
}

export class Hold implements Witness {
  constructor(
    private readonly needs: HoldNeeds,
    private readonly held: Owned & { leaseId: string },
    private readonly options: HoldOptions,
  ) {}

  /** Fenced: a request that was taken up by somebody else while this one slept commits nothing. */
  async committing(tx: Tx): Promise<void> {
    if (!(await hasWrittenAcrossWorkspaces(tx))) return;
    if (!(await setActedIfHeldAcrossWorkspaces(tx, this.held, this.needs.clock.now()))) throw stillRunning();
  }

  answering(tx: Tx, answer: unknown): Promise<void> {
    return this.keepAnswer(tx, this.pack(answer));
  }

  /** After an act that went well. Never rejects: the act is done, whatever becomes of its memory. */
  async settle(answer: unknown): Promise<void> {
    await this.quietly(async () => this.keepAnswer(this.needs.across, this.pack(answer)));
  }

  /**
   * After an act that failed. When nothing was committed the key is free again; else a final refusal is the answer, and anything
   * that is worth trying again leaves the outcome unknown. Never rejects.
   */
  async fail(error: AppError): Promise<void> {
    const isFinal = error.code !== "INTERNAL" && !error.retryable;
    await this.quietly(async () => {
      const mayBeFree = this.options.isWitnessed || error.code !== "INTERNAL";
      if (mayBeFree && (await releaseKeyIfIdleAcrossWorkspaces(this.needs.across, this.held))) return;
      if (isFinal) return this.keepAnswer(this.needs.across, packError(error));
      await endLeaseAcrossWorkspaces(this.needs.across, this.held, this.needs.clock.now());
    });
  }

  /** After an act that came to an end which is not to be repeated, though it was refused. Never rejects. */
  async settleRefusal(error: AppError): Promise<void> {
    await this.quietly(async () => this.keepAnswer(this.needs.across, packError(error)));
  }

  /** After an act that was broken off: whoever repeats it is told that nobody knows how far it came. Never rejects. */
  async breakOff(): Promise<void> {
    await this.quietly(() => endLeaseAcrossWorkspaces(this.needs.across, this.held, this.needs.clock.now()));
  }

  private pack(answer: unknown): string | null {
    return packAnswer(this.options.keep(answer), this.options.keptBytesMax);
  }

  private async keepAnswer(db: Db, text: string | null): Promise<void> {
    const sealedAnswer = text === null ? null : await this.needs.vault.seal(answerPlace(this.held), text);
    const answeredAt = this.needs.clock.now();
    const { isCall, keptForMs = dayMs } = this.options;
    const answer = { answeredAt, sealedAnswer, ...(isCall ? { expiresAt: after(answeredAt, keptForMs) } : {}) };
    await setAnsweredIfHeldAcrossWorkspaces(db, this.held, answer);
  }

  private async quietly(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.needs.log.warn({ err: error, procedure: this.held.procedure }, "what came of an idempotent request could not be kept");
    }
  }
}

function after(moment: Date, ms: number): Date {
  return new Date(moment.getTime() + ms);
}
