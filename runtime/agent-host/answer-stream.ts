// A call's answer as server-sent events, written as the words come: masked, numbered, and always ended by `done` or `error`.
import { formatDelta, formatEvent } from "~/runtime/contract/event-stream";
import type { HostInvocation, StreamOutcome } from "~/runtime/contract/host-protocol";
import type { InvokeEvent, ReportedUsage } from "~/runtime/contract/invoke";
import type { MaskCompiler } from "~/runtime/redaction/mask-text";
import type { Answer } from "./answer-json";
import type { CallOutcome } from "./call-agent";
import type { EventOutlet } from "./event-outlet";
import type { HostError } from "./host-error";

/** An agent that has not said anything by then may still fail, but its caller should know that it is at work. */
const beginAtLatestMs = 1_000;
const keepAliveMs = 15_000;

export type StreamTarget = {
  call: HostInvocation;
  deploymentId: string;
  mask: MaskCompiler;
  /** Where the rest is to be had when the connection breaks. */
  resumeUrl?: string | undefined;
};

/** Until the stream has begun, a failure is an ordinary error answer with its own status. */
export function answerStream(outlet: EventOutlet, target: StreamTarget): Answer {
  const { traceId, sessionId } = target.call;
  const mask = target.mask.open();
  const beginTimer = setTimeout(begin, beginAtLatestMs);
  const keepAlive = setInterval(() => outlet.hasBegun && outlet.keepAlive(), keepAliveMs);
  let lastId = 0;

  function event(data: InvokeEvent): string {
    lastId += 1;
    return formatEvent(lastId, data);
  }

  function delta(text: string): string {
    if (text === "") return "";
    lastId += 1;
    return formatDelta(lastId, text);
  }

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
      const out = delta(mask.push(text));
      return out === "" || outlet.write(out);
    },
    end(outcome) {
      clearTimeout(beginTimer);
      clearInterval(keepAlive);
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
