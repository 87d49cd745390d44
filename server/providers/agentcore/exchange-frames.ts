// One request to an agent's process at AgentCore and the frames it answers with, ended at once when the call is.
import type { Readable } from "node:stream";
import type { NodeFrame, NodeRequest } from "~/runtime/contract/node-protocol";
import { AppError } from "~/server/errors";
import type { HeldAnswer } from "~/server/providers/held-answers";
import { awsTrouble, logTrouble } from "./aws-trouble";
import type { PlacedRecord } from "./placed-records";
import { readFrames } from "./read-frames";
import type { Room } from "./room";

export type Exchange = {
  room: Room;
  record: PlacedRecord;
  through: string;
  sessionId: string;
  request: NodeRequest;
  held?: HeldAnswer;
};

/** `through`: the endpoint. Rejects with `RUNTIME_ERROR`, or with what `ending` was aborted for. Sent once, whatever comes of it. */
export async function* exchangeFrames(
  { room, record, through, sessionId, request, held }: Exchange,
  ending: AbortController,
): AsyncGenerator<NodeFrame, void, undefined> {
  const { sdk, client } = (await room.aws()).data;
  const command = new sdk.InvokeAgentRuntimeCommand({
    agentRuntimeArn: record.runtimeArn,
    qualifier: through,
    runtimeSessionId: sessionId,
    contentType: "application/json",
    accept: "text/event-stream",
    payload: Buffer.from(JSON.stringify(request), "utf8"),
  });
  let body: Readable | undefined;
  const cutBody = () => body?.destroy(ending.signal.reason);
  try {
    const answer = await client.send(command, { abortSignal: ending.signal });
    body = answer.response as unknown as Readable | undefined;
    ending.signal.addEventListener("abort", cutBody, { once: true });
    if (ending.signal.aborted) cutBody();
    if (body) yield* readFrames(body, held);
  } catch (thrown) {
    const trouble = troubleOfCall(thrown, body !== undefined, ending.signal);
    logTrouble(room.log, trouble);
    throw trouble;
  } finally {
    ending.signal.removeEventListener("abort", cutBody);
    body?.destroy();
  }
}

/** An answer that had begun and broke is the agent's; whether it may be sent again nobody knows, so it may not. */
function troubleOfCall(thrown: unknown, hasBegun: boolean, signal: AbortSignal): unknown {
  if (thrown instanceof AppError) return thrown;
  if (signal.aborted) return signal.reason;
  if (!hasBegun) return awsTrouble("RUNTIME_ERROR", thrown);
  const isGarbage = thrown instanceof SyntaxError || thrown instanceof TypeError || thrown instanceof RangeError;
  return isGarbage
    ? new AppError("RUNTIME_ERROR", "The agent answered something that is not invoke/v1.", { cause: thrown })
    : cutAnswer(thrown);
}

export function cutAnswer(cause?: unknown): AppError {
  return new AppError("RUNTIME_ERROR", "The agent closed its answer before it was finished.", { cause });
}
