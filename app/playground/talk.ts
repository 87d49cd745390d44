// One question to an agent through its stream door, and every event of the answer as it comes.
import { paths } from "~/app/paths";
import type { InvokeEvent, InvokeRequest } from "~/runtime/contract/invoke";
import { createEventParser } from "./parse-events";

export type Talk = {
  workspaceId: string;
  agentId: string;
  /** A version that need not be live; null: the live one. */
  deploymentId: string | null;
  body: InvokeRequest;
  onEvent: (event: InvokeEvent) => void;
  signal: AbortSignal;
};

export type TalkProblem = { code: string; message: string; traceId: string | null };

export class TalkError extends Error {
  constructor(readonly problem: TalkProblem) {
    super(problem.message);
    this.name = "TalkError";
  }
}

/** Ends when the stream has ended in order. Throws {@link TalkError}, or an AbortError when it was stopped. */
export async function talk({ workspaceId, agentId, deploymentId, body, onEvent, signal }: Talk): Promise<void> {
  const answer = await fetch(paths.streamDoor(agentId), {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "text/event-stream",
      "x-workspace-id": workspaceId,
      ...(deploymentId === null ? {} : { "x-deployment-id": deploymentId }),
    },
    body: JSON.stringify(body),
    signal,
  }).catch((thrown: unknown) => {
    if (signal.aborted) throw thrown;
    throw new TalkError({
      code: "UNREACHABLE",
      message: "The server could not be reached. Check the network, then ask again.",
      traceId: null,
    });
  });
  if (!answer.ok || !answer.body) throw new TalkError(await problemOf(answer));
  await readEvents(answer.body, onEvent, signal);
}

async function readEvents(body: ReadableStream<Uint8Array>, onEvent: Talk["onEvent"], signal: AbortSignal): Promise<void> {
  let hasEnded = false;
  const parser = createEventParser(({ event, data }) => {
    const parsed = eventOf(event, data);
    if (!parsed) return;
    hasEnded ||= parsed.event === "done" || parsed.event === "error";
    onEvent(parsed);
  });
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      parser.push(value);
    }
  } catch (thrown) {
    if (signal.aborted) throw thrown;
  }
  if (!hasEnded)
    throw new TalkError({
      code: "CUT_OFF",
      message: "The answer was cut off half-way. What came is shown; ask again for the rest.",
      traceId: null,
    });
}

const eventNames: ReadonlySet<string> = new Set<InvokeEvent["event"]>(["meta", "delta", "usage", "done", "error"]);

function eventOf(event: string, data: string): InvokeEvent | null {
  if (!eventNames.has(event)) return null;
  try {
    return { event, data: JSON.parse(data) } as InvokeEvent;
  } catch {
    return null;
  }
}

async function problemOf(answer: Response): Promise<TalkProblem> {
  const traceId = answer.headers.get("x-trace-id");
  try {
    const { error } = (await answer.json()) as { error: { code: string; message: string } };
    return { code: error.code, message: error.message, traceId };
  } catch {
    return { code: String(answer.status), message: `The gateway answered ${answer.status} without saying why.`, traceId };
  }
}
