// Everything that this process holds open for somebody, and the watch that ends it once they may not go on (MISSION A8).
import type { Db } from "~/db/client";
import type { AppError } from "~/server/errors";
import { listenToChannel } from "~/server/queue/listen-to-channel";
import type { Services } from "~/server/services";
import { accessChannel, parseAccessCall } from "./access-channel";
import { type AccessSubject, type OpenCounts, type OpenFilter, openKinds } from "./access-subject";
import { cutError } from "./cut-error";
import { findEnded } from "./find-ended";

export type AccessNeeds = Pick<Services, "across" | "clock" | "redis" | "log">;

type Entry = { subject: AccessSubject; cut: (why: AppError) => void };

/** The promise is two seconds; this holds also when Redis is away and nobody is told anything. */
const lookEveryMs = 750;

/** One registry per database handle: a process has one, a test's second process its own. */
const registries = new WeakMap<Db, OpenAccess>();

export function openAccessOf(needs: AccessNeeds): OpenAccess {
  const existing = registries.get(needs.across);
  if (existing) return existing;
  const registry = new OpenAccess(needs);
  registries.set(needs.across, registry);
  return registry;
}

/** A lifetime: it watches while something is open, and rests, without timer or connection, when nothing is. */
export class OpenAccess {
  readonly #needs: AccessNeeds;
  readonly #open = new Set<Entry>();
  #timer: NodeJS.Timeout | null = null;
  #listening: Promise<() => void> | null = null;
  #looking: Promise<void> | null = null;
  #looksAgain = false;

  constructor(needs: AccessNeeds) {
    this.#needs = needs;
  }

  /**
   * `cut` is called at most once, when the person, workspace, key, session or membership behind it has ended. Call the answered
   * function when it is over by itself.
   */
  register(subject: AccessSubject, cut: (why: AppError) => void): () => void {
    const entry = { subject, cut };
    this.#open.add(entry);
    if (this.#timer === null) this.#watch();
    return () => void this.#open.delete(entry);
  }

  /** How much is open here of one person, workspace or key. */
  count(filter: OpenFilter): OpenCounts {
    const counts = Object.fromEntries(openKinds.map((kind) => [kind, 0])) as OpenCounts;
    for (const { subject } of this.#open) {
      if (matches(subject, filter)) counts[subject.kind] += 1;
    }
    return counts;
  }

  /** Reads the rows and ends what may not go on. A call that comes during a look is followed by another one. */
  look(): Promise<void> {
    this.#looksAgain = true;
    this.#looking ??= this.#lookWhileAsked().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #lookWhileAsked(): Promise<void> {
    while (this.#looksAgain) {
      this.#looksAgain = false;
      await this.#lookOnce().catch((error: unknown) =>
        this.#needs.log.warn({ err: error }, "open access could not be looked at; it is tried again within a second"),
      );
    }
  }

  async #lookOnce(): Promise<void> {
    const entries = [...this.#open];
    if (entries.length === 0) return;
    const verdict = await findEnded(
      this.#needs,
      entries.map(({ subject }) => subject),
    );
    for (const entry of entries) {
      const reason = verdict(entry.subject);
      if (reason !== null && this.#open.delete(entry)) entry.cut(cutError(reason));
    }
  }

  #watch(): void {
    this.#timer = setInterval(() => {
      if (this.#open.size === 0) this.#rest();
      else void this.look();
    }, lookEveryMs);
    this.#timer.unref();
    this.#listening = listenToChannel(this.#needs.redis, accessChannel, (message) => this.#hear(message));
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    void this.#listening?.then((stop) => stop());
    this.#listening = null;
  }

  #hear(message: string): void {
    const call = parseAccessCall(message);
    if (call?.ask === "look") void this.look();
    if (call?.ask === "count") {
      const answer = JSON.stringify(this.count(call.filter));
      this.#needs.redis.publish(call.answerTo, answer).catch(() => undefined); // whoever asked counts without us
    }
  }
}

function matches(subject: AccessSubject, filter: OpenFilter): boolean {
  const { userId, workspaceId, keyId } = filter;
  if (userId !== undefined && subject.userId !== userId) return false;
  if (workspaceId !== undefined && subject.workspaceId !== workspaceId) return false;
  return keyId === undefined || subject.keyId === keyId;
}
