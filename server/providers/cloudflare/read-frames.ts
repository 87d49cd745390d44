// The frames of one call as they come: lines out of bytes that may be cut anywhere, each judged, for the sender shares an isolate with customers' code.
import { type AgentFrame, agentFramesType, parseAgentFrame } from "~/runtime/contract/agent-frames";
import { AppError } from "~/server/errors";
import { isJson } from "~/server/is-json";
import type { HeldAnswer } from "~/server/providers/held-answers";
import { readLines } from "~/server/providers/read-lines";
import { unreachable } from "./script-error";

const answerBytesMax = 10 * 1024 * 1024;
/** JSON may write one byte in six. */
const lineBytesMax = answerBytesMax * 6;
/** As bytes, and as the text that is made of them. */
const timesHeld = 2;

type FramesAnswer = { contentType: string; body: AsyncIterable<Buffer> };

/** Ends with a `usage` or an `error` frame. Rejects with `RUNTIME_ERROR` when it ends without, is too large, or is no frame. */
export async function* readFrames(
  { contentType, body }: FramesAnswer,
  held?: HeldAnswer,
): AsyncGenerator<AgentFrame, void, undefined> {
  if (!contentType.startsWith(agentFramesType)) throw unreachable(new Error(`the script answered ${contentType.slice(0, 60)}`));
  let textBytes = 0;
  for await (const line of linesOf(body, held)) {
    const frame = parse(line);
    if (typeof frame === "string") textBytes += Buffer.byteLength(frame);
    if (textBytes > answerBytesMax) throw tooLarge();
    yield frame;
    if (typeof frame !== "string") return;
  }
  throw new AppError("RUNTIME_ERROR", "The agent closed its answer before it was finished.");
}

async function* linesOf(body: AsyncIterable<Buffer>, held?: HeldAnswer): AsyncGenerator<string, void, undefined> {
  const onHeld = (bytes: number) => held?.hold("line", bytes * timesHeld);
  try {
    yield* readLines(body, { bytesMax: lineBytesMax, tooLong: tooLarge, isWhole: isJson, onHeld });
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown : unreachable(thrown);
  }
}

function parse(line: string): AgentFrame {
  try {
    return parseAgentFrame(line);
  } catch (cause) {
    throw new AppError("RUNTIME_ERROR", "The agent answered something that is not invoke/v1.", { cause });
  }
}

function tooLarge(): AppError {
  return new AppError("RUNTIME_ERROR", "The agent's answer is larger than 10 MiB.", { details: { reason: "answer_too_large" } });
}
