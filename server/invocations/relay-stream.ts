// Passes an agent's event stream on to the caller as it comes: the same bytes, back-pressure kept, a marked end whatever happens.
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { formatEvent } from "~/runtime/contract/event-stream";
import { AppError, toEnvelope } from "~/server/errors";
import { EventFramer } from "./event-framer";

export type RelayOptions = {
  traceId: string;
  /** Called right before the first byte: sends the head. */
  onFirstByte: () => void;
  bytesMax: number;
  /** Told of whole events as they go out. */
  onPassed?: ((bytes: Buffer) => void) | undefined;
  /** Why the stream broke, in words for the caller. */
  explain: (thrown: unknown) => AppError;
};

/** What became of the stream; `error` is what the caller was told. */
export type RelayEnd = {
  outcome: "ok" | "error" | "aborted";
  error: { code: string; message: string } | null;
  /** As the agent's own usage event counted them. */
  tokens: number;
};

/**
 * Throws only before the first byte, so that the caller can still get a proper error answer. After that a failure becomes
 * the stream's last event, cleanly after the last whole one.
 */
export async function relayStream(upstream: Readable, response: ServerResponse, options: RelayOptions): Promise<RelayEnd> {
  const framer = new EventFramer();
  let sent = 0;
  try {
    for await (const chunk of upstream) {
      const whole = framer.push(chunk as Buffer);
      if (sent + framer.heldBytes + (whole?.length ?? 0) > options.bytesMax) throw tooLarge(options.bytesMax);
      if (!whole) continue;
      if (sent === 0) options.onFirstByte();
      sent += whole.length;
      options.onPassed?.(whole);
      if (!response.write(whole)) await drained(response);
      if (response.destroyed) return { ...gone, tokens: framer.tokens };
    }
    if (framer.lastKind !== "done" && framer.lastKind !== "error") throw cutShort();
    response.end();
    const { tokens } = framer;
    return framer.lastKind === "done"
      ? { outcome: "ok", error: null, tokens }
      : { outcome: "error", error: reportedError(framer), tokens };
  } catch (thrown) {
    if (response.destroyed) return { ...gone, tokens: framer.tokens };
    const error = options.explain(thrown);
    if (sent === 0) throw error;
    const last = Buffer.from(formatEvent(framer.nextId, { event: "error", data: toEnvelope(error, options.traceId) }));
    options.onPassed?.(last);
    response.end(last);
    return { outcome: "error", error, tokens: framer.tokens };
  }
}

const gone = { outcome: "aborted", error: null } as const;

async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const given = new AbortController();
  try {
    await Promise.race([once(response, "drain", { signal: given.signal }), once(response, "close", { signal: given.signal })]);
  } finally {
    given.abort();
  }
}

/** The agent host's own last word. */
function reportedError(framer: EventFramer): { code: string; message: string } {
  try {
    const { error } = JSON.parse(framer.lastData) as { error: { code: string; message: string } };
    return { code: String(error.code), message: String(error.message) };
  } catch {
    return { code: "RUNTIME_ERROR", message: "The agent ended with an error." };
  }
}

function cutShort(): AppError {
  return new AppError("RUNTIME_ERROR", "The agent's answer broke off before its end.", {
    retryable: true,
    details: { reason: "stream_cut" },
  });
}

function tooLarge(bytesMax: number): AppError {
  return new AppError("RUNTIME_ERROR", `The answer is larger than ${bytesMax} bytes, which is the most of this plan.`, {
    details: { reason: "answer_too_large" },
  });
}
