// A call's answer as server-sent events, written as the words come: masked, numbered, and always ended by `done` or `error`.
import type { ServerResponse } from "node:http";
import { eventStreamHeaders, formatDelta, formatEvent, keepAliveComment } from "~/runtime/contract/event-stream";
import type { HostInvocation } from "~/runtime/contract/host-protocol";
import type { InvokeEvent } from "~/runtime/contract/invoke";
import type { MaskCompiler } from "~/runtime/redaction/mask-text";
import type { Answer } from "./answer-json";
import { sendError } from "./send-json";

/** An agent that has not said anything by then may still fail, but its caller should know that it is at work. */
const beginAtLatestMs = 1_000;
const keepAliveMs = 15_000;

/** Until the stream has begun, a failure is an ordinary error answer with its own status. */
export function answerStream(
  response: ServerResponse,
  target: { call: HostInvocation; deploymentId: string; mask: MaskCompiler },
): Answer {
  const { traceId, sessionId } = target.call;
  const mask = target.mask.open();
  const beginTimer = setTimeout(begin, beginAtLatestMs);
  const keepAlive = setInterval(() => response.headersSent && response.write(keepAliveComment), keepAliveMs);
  response.once("close", stopTimers);
  let lastId = 0;

  function stopTimers(): void {
    clearTimeout(beginTimer);
    clearInterval(keepAlive);
  }

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
    if (response.headersSent || response.destroyed) return;
    clearTimeout(beginTimer);
    response.writeHead(200, eventStreamHeaders);
    response.write(event({ event: "meta", data: { traceId, sessionId, deploymentId: target.deploymentId } }));
  }

  return {
    onText(text) {
      begin();
      const out = delta(mask.push(text));
      return out === "" || response.write(out);
    },
    end(outcome) {
      stopTimers();
      if (outcome.kind === "aborted") return void response.destroy();
      if (outcome.kind === "failed" && !response.headersSent) return sendError(response, outcome.error);
      begin();
      const rest = delta(mask.flush());
      if (outcome.kind === "done") {
        response.end(rest + event({ event: "usage", data: outcome.usage }) + event({ event: "done", data: {} }));
      } else {
        const { code, message, retryable, details } = outcome.error.toBody().error;
        const error = { code, message, retryable, ...(details ? { details } : {}) };
        response.end(rest + event({ event: "error", data: { error, traceId } }));
      }
    },
  };
}
