// What this process holds of answers that nobody was handed yet, on every runtime: whole ones as they are gathered, lines without an end, what sessions remember meanwhile. All together stay within a bound.
import { AppError } from "~/server/errors";

/** `text`: of a whole answer. `line`: of one that has not ended. `session`: what a call carries there and back. */
export type HeldPart = "text" | "line" | "session";

/** Of one call. A lifetime: until `release`, which may be called twice. */
export type HeldAnswer = {
  /** So much of it is held by now, in bytes of memory. */
  hold(part: HeldPart, bytes: number): void;
  release(): void;
};

type Held = Record<HeldPart, number> & { giveUp: (why: AppError) => void };
type Share = { calls: Set<Held>; bytes: number };

const byDefaultBytesMax = 512 * 1024 * 1024;
/** Of the bound: what one workspace may hold, however little others do. */
const sharesMin = 2;
/** Of its share: from there on no further whole answer of the workspace is begun. */
const beginBelow = 0.75;

/** A lifetime: one per process. */
export class HeldAnswers {
  readonly #bytesMax: number;
  readonly #shareBytesMax: number;
  readonly #shares = new Map<string, Share>();
  #bytes = 0;

  constructor(bytesMax = byDefaultBytesMax) {
    this.#bytesMax = bytesMax;
    this.#shareBytesMax = bytesMax / sharesMin;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Throws a retryable `RATE_LIMITED`: nothing was asked of the agent yet. */
  assertRoom(workspaceId: string): void {
    const held = this.#shares.get(workspaceId)?.bytes ?? 0;
    if (held > this.#shareBytesMax * beginBelow) throw noRoom();
  }

  /** `giveUp` is called once, when the call holds most of the workspace that holds most, or too much of one share. */
  open(workspaceId: string, giveUp: (why: AppError) => void): HeldAnswer {
    const held: Held = { text: 0, line: 0, session: 0, giveUp };
    let isOver = false;
    const release = () => {
      isOver = true;
      this.#release(workspaceId, held);
    };
    held.giveUp = (why) => {
      release();
      giveUp(why);
    };
    return {
      hold: (part, bytes) => {
        if (isOver) return;
        this.#hold(workspaceId, held, bytes - held[part]);
        held[part] = bytes;
        this.#makeRoom(workspaceId);
      },
      release,
    };
  }

  #hold(workspaceId: string, held: Held, added: number): void {
    const share = this.#shares.get(workspaceId) ?? { calls: new Set(), bytes: 0 };
    this.#shares.set(workspaceId, share);
    share.calls.add(held);
    share.bytes += added;
    this.#bytes += added;
  }

  #makeRoom(workspaceId: string): void {
    const own = this.#shares.get(workspaceId);
    while (own && own.bytes > this.#shareBytesMax) heaviestOf(own).giveUp(givenUp());
    while (this.#bytes > this.#bytesMax) {
      const most = [...this.#shares.values()].reduce((one, other) => (other.bytes > one.bytes ? other : one));
      heaviestOf(most).giveUp(givenUp());
    }
  }

  #release(workspaceId: string, held: Held): void {
    const share = this.#shares.get(workspaceId);
    if (!share?.calls.delete(held)) return;
    share.bytes -= bytesOf(held);
    this.#bytes -= bytesOf(held);
    if (share.calls.size === 0) this.#shares.delete(workspaceId);
  }
}

function heaviestOf({ calls }: Share): Held {
  return [...calls].reduce((one, other) => (bytesOf(other) > bytesOf(one) ? other : one));
}

function bytesOf({ text, line, session }: Held): number {
  return text + line + session;
}

function noRoom(): AppError {
  const message =
    "Answers of this workspace that are not whole yet take as much memory as it may have here. Stream them, or call less at once; then try again.";
  return new AppError("RATE_LIMITED", message, { details: { reason: "gateway_full", retryAfterSeconds: 1 } });
}

function givenUp(): AppError {
  const message =
    "Answers that are not whole yet take more memory than there is for them, and this one's workspace has most of it. Stream them, or call less at once.";
  return new AppError("RUNTIME_ERROR", message, { retryable: true, details: { reason: "answer_given_up" } });
}
