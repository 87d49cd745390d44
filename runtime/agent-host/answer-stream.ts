// A call's answer as server-sent events, written as the words come: masked, numbered, and always ended by `done` or `error`.
import { formatDelta, formatEscapedDelta, formatEvent } from "~/runtime/contract/event-stream";
import type { HostInvocation, StreamOutcome } from "~/runtime/contract/host-protocol";
import type { InvokeEvent, ReportedUsage } from "~/runtime/contract/invoke";
import type { MaskCompiler } from "~/runtime/redaction/mask-text";
import type { Answer } from "./answer-json";
import type { CallOutcome, RunningCall } from "./call-agent";
import type { EventOutlet } from "./event-outlet";
import type { HeldAnswer } from "./held-answers";
import type { HostError } from "./host-error";
import { sliceUnits } from "./json-slices";
import { LongWords } from "./long-words";

/** An agent that has not said anything by then may still fail, but its caller should know that it is at work. */
const beginAtLatestMs = 1_000;
const keepAliveMs = 15_000;

export type StreamTarget = {
  call: HostInvocation;
  held: HeldAnswer;
  deploymentId: string;
  mask: MaskCompiler;
  /** Where the rest is to be had when the connection breaks. */
  resumeUrl?: string | undefined;
};

/** Until the stream has begun, a failure is an ordinary error answer with its own status. `running`: the call whose words these are. */
export function answerStream(outlet: EventOutlet, target: StreamTarget, running: () => RunningCall): Answer {
  const { traceId, sessionId } = target.call;
  const mask = target.mask.open();
  const beginTimer = setTimeout(begin, beginAtLatestMs);
  const keepAlive = setInterval(() => outlet.hasBegun && outlet.keepAlive(), keepAliveMs);
  const long = new LongWords(target.held, mask, {
    write: (escaped) => escaped === "" || outlet.write(formatEscapedDelta(nextId(), escaped)),
    running,
  });
  let lastId = 0;

  function nextId(): number {
    lastId += 1;
    return lastId;
  }

  const event = (data: InvokeEvent) => formatEvent(nextId(), data);
  const delta = (text: string) => (text === "" ? "" : formatDelta(nextId(), text));
  const write = (event: string) => event === "" || outlet.write(event);

  function begin(): void {
    if (outlet.hasBegun) return;
    clearTimeout(beginTimer);
    const { deploymentId, resumeUrl } = target;
    outlet.begin(event({ event: "meta", data: { traceId, sessionId, deploymentId, ...(resumeUrl ? { resumeUrl } : {}) } }));
  }

  function lastEvents(error: HostError | null, outcome: CallOutcome): string[] {
    const rest = delta(mask.flush());
    const events = rest === "" ? [] : [rest];
    if (error) return [...events, event({ event: "error", data: { error: error.toBody().error, traceId, ...spentOf(outcome) } })];
    return [...events, event({ event: "usage", data: outcome.usage }), event({ event: "done", data: {} })];
  }

  return {
    onText(text) {
      begin();
      return text.length <= sliceUnits && !long.isAtWork ? write(delta(mask.push(text))) : long.add(text);
    },
    async end(outcome) {
      clearTimeout(beginTimer);
      clearInterval(keepAlive);
      await long.over();
      const error = errorOf(outlet, outcome);
      if (outcome.kind === "aborted" && (error === null || !outlet.hasBegun)) return outlet.breakOff(outcome.usage);
      if (error && !outlet.hasBegun) return outlet.refuse(error, outcome.usage);
      begin();
      outlet.end(lastEvents(error, outcome), toStreamOutcome(outcome, error));
    },
  };
}

/** A call that failed before it had reported anything says nothing of it. */
function spentOf({ usage: { tokens, toolCalls } }: CallOutcome): { usage?: ReportedUsage } {
  return tokens > 0 || toolCalls > 0 ? { usage: { tokens, toolCalls } } : {};
}

function errorOf(outlet: EventOutlet, outcome: CallOutcome): HostError | null {
  if (outcome.kind === "failed") return outcome.error;
  return outcome.kind === "aborted" ? outlet.whyStopped : null;
}

function toStreamOutcome({ kind, usage }: CallOutcome, error: HostError | null): StreamOutcome {
  const outcome = { done: "ok", failed: "error", aborted: "aborted" } as const;
  return { outcome: outcome[kind], tokens: usage.tokens, error: error ? { code: error.code, message: error.message } : null };
}
