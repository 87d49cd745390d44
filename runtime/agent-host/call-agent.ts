// One call of an agent over its socket: frames come in as lines, time and size are limited, and how it ended is said exactly once.
import type { Dispatcher } from "undici";
import { type AgentFault, parseReportingFrame, reportedHeader } from "~/runtime/contract/agent-frames";
import type { ReportedUsage } from "~/runtime/contract/invoke";
import type { AgentProcess } from "./agent-process";
import type { HeldAnswer } from "./held-answers";
import { HostError } from "./host-error";
import { createLineSplitter } from "./split-lines";

/** What becomes of the agent's words. */
export type AnswerSink = {
  /** False asks for a pause until `resume` is called. */
  onText(text: string): boolean;
};

export type CallUsage = { tokens: number; toolCalls: number; computeMs: number };

export type CallOutcome =
  | { kind: "done"; usage: CallUsage }
  /** The caller went away; nobody hears an answer. */
  | { kind: "aborted"; usage: CallUsage }
  | { kind: "failed"; usage: CallUsage; error: HostError };

export type RunningCall = { outcome: Promise<CallOutcome>; resume(): void; abort(): void; fail(error: HostError): void };

export const answerBytesMax = 10 * 1024 * 1024;

/** JSON may write one character in six. */
const lineBytesMax = answerBytesMax * 6;

export type AgentCall = { body: Buffer; timeoutMs: number; held: HeldAnswer };

export function callAgent(process: AgentProcess, call: AgentCall, sink: AnswerSink): RunningCall {
  const exchange = new AgentExchange(process, call, sink);
  process.agent.dispatch(
    { method: "POST", path: "/", headers: { "content-type": "application/json", [reportedHeader]: "1" }, body: call.body },
    exchange,
  );
  return {
    outcome: exchange.outcome,
    resume: () => exchange.resume(),
    abort: () => exchange.abort(),
    fail: (error) => exchange.fail(error),
  };
}

class AgentExchange implements Dispatcher.DispatchHandler {
  readonly outcome: Promise<CallOutcome>;
  private settle: (outcome: CallOutcome) => void = () => undefined;
  private isSettled = false;
  private controller: Dispatcher.DispatchController | null = null;
  private textBytes = 0;
  private mustPause = false;
  /** What comes now may be half a line. */
  private isAtEnd = false;
  /** Until the agent says at its end what it was in all. */
  private reported: ReportedUsage = { tokens: 0, toolCalls: 0 };
  private readonly startedAt = performance.now();
  private readonly timer: NodeJS.Timeout;
  private readonly lines = createLineSplitter(lineBytesMax, (line) => this.readLine(line));

  constructor(
    private readonly process: AgentProcess,
    private readonly call: Pick<AgentCall, "timeoutMs" | "held">,
    private readonly sink: AnswerSink,
  ) {
    this.outcome = new Promise((resolve) => {
      this.settle = resolve;
    });
    this.timer = setTimeout(() => this.fail(this.timeoutError()), call.timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.isSettled) controller.abort(new Error("The call is over."));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    if (status !== 200) this.fail(new HostError("RUNTIME_ERROR", "The agent's runtime failed before the handler could answer."));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.mustPause = false;
    this.lines.push(chunk);
    this.call.held.hold("line", this.lines.heldBytes);
    if (this.mustPause) controller.pause();
  }

  onResponseEnd(): void {
    this.isAtEnd = true;
    this.lines.end();
    if (!this.isSettled) this.fail(unfinishedError());
  }

  onResponseError(): void {
    if (!this.isSettled) void this.explainCut();
  }

  resume(): void {
    this.controller?.resume();
  }

  abort(): void {
    this.finish({ kind: "aborted", usage: this.usageOf(this.reported) });
  }

  private readLine(line: string): void {
    if (this.isSettled) return;
    try {
      const frame = parseReportingFrame(line);
      if (typeof frame === "string") this.passOn(frame);
      else if ("usage" in frame) this.finish({ kind: "done", usage: this.usageOf(frame.usage) });
      else if ("reported" in frame) this.reported = frame.reported;
      else this.failAt(frame.error);
    } catch (cause) {
      const notOurs = () => new HostError("RUNTIME_ERROR", "The agent answered something that is not invoke/v1.", { cause });
      this.fail(this.isAtEnd ? unfinishedError() : notOurs());
    }
  }

  private failAt({ kind, message, usage }: AgentFault): void {
    if (usage) this.reported = usage;
    this.fail(new HostError("RUNTIME_ERROR", message, { details: { reason: `agent_${kind}` } }));
  }

  private passOn(text: string): void {
    this.textBytes += Buffer.byteLength(text);
    if (this.textBytes > answerBytesMax) {
      this.fail(
        new HostError("RUNTIME_ERROR", "The agent's answer is larger than 10 MiB.", { details: { reason: "answer_too_large" } }),
      );
    } else if (!this.sink.onText(text)) {
      this.mustPause = true;
    }
  }

  /** The connection broke: when the process is dying or the call hung, that is said a moment later. */
  private async explainCut(): Promise<void> {
    this.process.noteCut();
    const cause = await Promise.race([this.process.ended, this.process.untilHung().then(() => "hung" as const), delay(1_000)]);
    if (cause === "hung") return this.fail(hungError());
    if (cause === null) return this.fail(unfinishedError());
    const options = { retryable: !cause.isLastCallToBlame, details: { reason: "process_ended" } };
    this.fail(new HostError("RUNTIME_ERROR", cause.reason, options));
  }

  private timeoutError(): HostError {
    const message = `The agent did not finish within ${this.call.timeoutMs / 1_000} s. Make it faster, or raise limits.timeoutMs.`;
    return new HostError("RUNTIME_ERROR", message, { retryable: true, details: { timedOut: true } });
  }

  fail(error: HostError): void {
    this.finish({ kind: "failed", usage: this.usageOf(this.reported), error });
  }

  private finish(outcome: CallOutcome): void {
    if (this.isSettled) return;
    this.isSettled = true;
    clearTimeout(this.timer);
    if (outcome.kind !== "done") this.controller?.abort(new Error("The call is over."));
    this.settle(outcome);
  }

  private usageOf(usage: { tokens: number; toolCalls: number }): CallUsage {
    return { ...usage, computeMs: Math.ceil(performance.now() - this.startedAt) };
  }
}

function unfinishedError(): HostError {
  return new HostError("RUNTIME_ERROR", "The agent closed its answer before it was finished.");
}

/** It would have run out of time: the runtime saw it coming, because nothing was pending that could have let the handler go on. */
function hungError(): HostError {
  const message =
    "The agent would never have finished: its handler waits for a promise that nothing is left to resolve. Look for one whose resolve is never called.";
  return new HostError("RUNTIME_ERROR", message, { retryable: true, details: { timedOut: true, reason: "agent_hung" } });
}

function delay(ms: number): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), ms).unref();
  });
}
