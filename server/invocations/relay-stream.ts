// Passes an agent's event stream on to the caller as it comes: the same bytes, back-pressure kept, a marked end whatever happens.
import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { formatEvent } from "~/runtime/contract/event-stream";
import { AppError, toEnvelope } from "~/server/errors";
import { answerTooLarge } from "./answer-too-large";
import { EventFramer } from "./event-framer";
import { takeEach } from "./take-each";
import { writeChunk } from "./write-chunk";

export type RelayOptions = {
  traceId: string;
  /** Called right before the first byte: sends the head. */
  onFirstByte: () => void;
  bytesMax: number;
  /** Told of whole events as they go out. */
  onPassed?: ((bytes: Buffer) => void) | undefined;
  /** Why the stream broke, in words for the caller. */
  explain: (thrown: unknown) => AppError;
  /** The head is out already, and the caller has every event up to this one. */
  resumedAfter?: number;
  /** It is read to its end when its caller leaves: somebody will ask for it. */
  goesOn?: boolean;
};

/** What became of the stream; `error` is what the caller was told. */
export type RelayEnd = {
  outcome: "ok" | "error" | "aborted";
  error: { code: string; message: string } | null;
  /** As the agent's own usage event counted them, or, of what failed halfway, its error; null: nobody has said. */
  tokens: number | null;
  /** Of the last event that went out. */
  lastId?: number;
  /** The end is ours: the runtime may still be at work. */
  isCut?: true;
};

/**
 * Throws only before the first byte, so that the caller can still get a proper error answer. After that a failure becomes
 * the stream's last event, cleanly after the last whole one.
 */
export async function relayStream(upstream: Readable, response: ServerResponse, options: RelayOptions): Promise<RelayEnd> {
  const framer = new EventFramer(options.resumedAfter);
  const hasBegun = options.resumedAfter !== undefined;
  let sent = 0;
  const assertRead = () => {
    if (response.destroyed && !options.goesOn) throw new Error("The caller went away.");
  };
  const pass = (whole: Buffer | null) => {
    if (sent + framer.heldBytes + (whole?.length ?? 0) > options.bytesMax) throw answerTooLarge(options.bytesMax);
    if (!whole) return null;
    const isFirst = sent === 0;
    if (isFirst) options.onFirstByte();
    sent += whole.length;
    options.onPassed?.(whole);
    if (response.destroyed && options.goesOn) return null;
    if (!(isFirst ? response.write(whole) : writeChunk(response, whole))) return drained(response).then(assertRead);
    assertRead();
    return null;
  };
  try {
    await takeEach(upstream, (chunk) => pass(framer.push(chunk)));
    await pass(framer.finish());
    if (framer.lastKind !== "done" && framer.lastKind !== "error") throw cutShort();
    response.end();
    return endOf(framer);
  } catch (thrown) {
    if (response.destroyed && !options.goesOn) return goneAt(framer);
    const error = options.explain(thrown);
    if (sent === 0 && !hasBegun) throw error;
    const last = Buffer.from(formatEvent(framer.lastId + 1, { event: "error", data: toEnvelope(error, options.traceId) }));
    options.onPassed?.(last);
    if (!response.destroyed) response.end(last);
    return { outcome: "error", error, tokens: framer.tokens, isCut: true };
  }
}

/** As the runtime said it. Whoever stopped it, or never came back for it, knows of no error. */
function endOf(framer: EventFramer): RelayEnd {
  const tokens = framer.tokens ?? 0;
  if (framer.lastKind === "done") return { outcome: "ok", error: null, tokens };
  const { reason, spent, ...error } = reportedError(framer);
  const isByCaller = reason !== undefined && endsByCaller.has(reason);
  return { ...(isByCaller ? gone : { outcome: "error", error }), tokens: Math.max(tokens, spent) };
}

const endsByCaller: ReadonlySet<string> = new Set(["stream_stopped", "stream_abandoned"]);

function goneAt({ tokens, lastId }: EventFramer): RelayEnd {
  return { ...gone, tokens, lastId };
}

const gone = { outcome: "aborted", error: null } as const;

/** Resolves when it can take more, or is gone. What was written past the response is its socket's to say. */
function drained(response: ServerResponse): Promise<void> {
  const { socket } = response;
  return new Promise((resolve) => {
    const settle = () => {
      response.off("drain", settle).off("close", settle);
      socket?.off("drain", settle);
      resolve();
    };
    if (response.destroyed) return resolve();
    response.on("drain", settle).on("close", settle);
    socket?.on("drain", settle);
  });
}

/** The agent host's own last word. */
function reportedError(framer: EventFramer): { code: string; message: string; spent: number; reason?: string } {
  try {
    const { error, usage } = JSON.parse(framer.lastData) as {
      error: { code: string; message: string; details?: { reason?: unknown } };
      usage?: { tokens?: unknown };
    };
    const spent = Number.isSafeInteger(usage?.tokens) ? Math.max(0, Number(usage?.tokens)) : 0;
    const reason = error.details?.reason;
    return { code: String(error.code), message: String(error.message), spent, ...(typeof reason === "string" ? { reason } : {}) };
  } catch {
    return { code: "RUNTIME_ERROR", message: "The agent ended with an error.", spent: 0 };
  }
}

function cutShort(): AppError {
  return new AppError("RUNTIME_ERROR", "The agent's answer broke off before its end.", {
    retryable: true,
    details: { reason: "stream_cut" },
  });
}
