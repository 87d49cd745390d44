// One call from its door to its answer: admitted, made once when it carries an Idempotency-Key, and answered whole or as a stream.
import type { ServerResponse } from "node:http";
import type { FastifyReply } from "fastify";
import { eventStreamHeaders } from "~/runtime/contract/event-stream";
import type { InvokeResponse } from "~/runtime/contract/invoke";
import { toAppError } from "~/server/errors";
import type { Hold } from "~/server/idempotency/hold-key";
import type { RateHeaders } from "~/server/rate-limit/rate-headers";
import { type AdmittedCall, admitToCallee, type CallAttempt, type Callee, countCall, findCallee } from "./admit-call";
import { holdCall, KeptStream, type OnceNeeds, type OnceUse } from "./call-once";
import type { Gateway } from "./gateway";
import { runJsonCall, runStreamCall } from "./run-call";
import { wasTurnedAway } from "./was-turned-away";

export type Calling = {
  gateway: Gateway;
  needs: OnceNeeds;
  attempt: CallAttempt;
  /** Null: it is made each time it is asked for. */
  once: OnceUse | null;
};

const replayed = { "idempotency-replayed": "true" };

export async function answerJson(calling: Calling, reply: FastifyReply): Promise<FastifyReply> {
  const { gateway, attempt, once } = calling;
  const callee = await findCallee(gateway, attempt);
  const out = { response: reply.raw, noteRate: (headers: RateHeaders) => void reply.headers(headers) };
  if (once === null) return sendAnswer(reply, await makeJson(calling, callee, out));
  const { held, counted } = await holdCounted({ ...calling, once }, callee, reply);
  if ("kept" in held) return reply.send(held.kept);
  const answer = await makeJson(counted, callee, out, held.hold);
  await (answer ? held.hold.settle(answer.body) : held.hold.breakOff());
  return sendAnswer(reply, answer);
}

/** Its caller's rate before all else: a repetition costs the database as much as a first call, and is counted like one. */
async function holdCounted(calling: Calling & { once: OnceUse }, callee: Callee, reply: FastifyReply) {
  const { gateway, needs, attempt, once } = calling;
  const rateHeaders = attempt.rateHeaders ?? (await countCall(gateway, callee));
  void reply.headers(rateHeaders);
  const held = await holdCall(needs, callee, { ...once, onReplayed: () => void reply.headers(replayed) });
  return { held, counted: { ...calling, attempt: { ...attempt, rateHeaders } } };
}

export type WholeAnswer = { body: InvokeResponse; rateHeaders: RateHeaders };

/** Where a whole answer goes; `noteRate` hears what the headers of a failure are to say as well. */
export type WholeExchange = { response: ServerResponse; noteRate: (headers: RateHeaders) => void };

/** A call without an Idempotency-Key. Null: there is nobody left to answer. */
export async function callOnce(gateway: Gateway, attempt: CallAttempt, out: WholeExchange): Promise<WholeAnswer | null> {
  return makeJson({ gateway, attempt }, await findCallee(gateway, attempt), out);
}

/** In one write, past what Fastify does to answers of every kind. */
function sendAnswer(reply: FastifyReply, answer: WholeAnswer | null): FastifyReply {
  reply.hijack();
  if (answer) writeAnswer(reply.raw, answer);
  return reply;
}

/** `head`: names and values in turn, of headers that are not set on the answer yet. */
export function writeAnswer(response: ServerResponse, { body, rateHeaders }: WholeAnswer, head: readonly string[] = []): void {
  const text = JSON.stringify(body);
  response.writeHead(200, [
    ...head,
    "content-type",
    "application/json; charset=utf-8",
    "content-length",
    String(Buffer.byteLength(text)),
    "ratelimit-limit",
    rateHeaders["ratelimit-limit"],
    "ratelimit-remaining",
    rateHeaders["ratelimit-remaining"],
    "ratelimit-reset",
    rateHeaders["ratelimit-reset"],
  ]);
  response.end(text);
}

type Making = Pick<Calling, "gateway" | "attempt">;

/** What is refused before the agent is asked, or by its runtime's door, leaves the key free; what the agent itself failed at is the answer. */
async function makeJson(making: Making, callee: Callee, out: WholeExchange, hold?: Hold): Promise<WholeAnswer | null> {
  const call = await (hold ? admitHeld(making, callee, hold) : admitToCallee(making.gateway, making.attempt, callee));
  try {
    const body = await runJsonCall(making.gateway, call, out.response, { outlivesCaller: hold !== undefined });
    return body && { body, rateHeaders: call.rateHeaders };
  } catch (thrown) {
    out.noteRate(call.rateHeaders);
    await settleFault(hold, thrown);
    throw thrown;
  }
}

async function settleFault(hold: Hold | undefined, thrown: unknown): Promise<void> {
  const error = toAppError(thrown);
  await (wasTurnedAway(error) ? hold?.fail(error) : hold?.settleRefusal(error));
}

async function admitHeld({ gateway, attempt }: Making, callee: Callee, hold: Hold | undefined): Promise<AdmittedCall> {
  try {
    return await admitToCallee(gateway, attempt, callee);
  } catch (thrown) {
    await hold?.fail(toAppError(thrown));
    throw thrown;
  }
}

export async function answerStream(calling: Calling, reply: FastifyReply): Promise<FastifyReply> {
  const { gateway, attempt, once } = calling;
  const callee = await findCallee(gateway, attempt);
  const { held, counted } = once ? await holdCounted({ ...calling, once }, callee, reply) : { held: null, counted: calling };
  if (held && "kept" in held) return replayStream(reply, held.kept as { stream: string }, counted.attempt.rateHeaders);
  const hold = held?.hold;
  const call = await admitHeld(counted, callee, hold);
  const kept = hold ? new KeptStream() : null;
  try {
    const sendHead = () => beginStream(reply, call);
    const outcome = await runStreamCall(gateway, call, reply.raw, { sendHead, ...(kept ? { onPassed: kept.note } : {}) });
    if (hold && kept) await (outcome === "aborted" ? hold.breakOff() : hold.settle(kept.answer));
    return reply;
  } catch (thrown) {
    await settleFault(hold, thrown);
    throw thrown;
  }
}

/** From here on the stream writes to the socket itself: nothing stands between the agent's bytes and the caller. */
function beginStream(reply: FastifyReply, call: AdmittedCall): void {
  reply.hijack();
  reply.raw.writeHead(200, { ...eventStreamHeaders, ...call.rateHeaders });
}

function replayStream(reply: FastifyReply, { stream }: { stream: string }, rateHeaders: RateHeaders | undefined): FastifyReply {
  reply.hijack();
  reply.raw.writeHead(200, { ...eventStreamHeaders, ...replayed, ...rateHeaders });
  reply.raw.end(stream);
  return reply;
}
