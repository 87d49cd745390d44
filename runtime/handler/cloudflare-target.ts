// The worker that every bundle becomes at Cloudflare: it answers the house alone, runs the handler, masks what it says, and reports what it used.
import { env } from "cloudflare:workers";
import { type AgentFrame, agentFramesType } from "~/runtime/contract/agent-frames";
import type { AgentContext } from "~/runtime/contract/handler";
import type { PlacedScript, ScriptCall, ScriptLogs, ScriptState } from "~/runtime/contract/placed-script";
import { scriptPaths } from "~/runtime/contract/placed-script";
import { maskMessage } from "~/runtime/redaction/mask-message";
import { compileMask, type MaskCompiler } from "~/runtime/redaction/mask-text";
import type { LogNamespace } from "./log-store";
import { guardNetwork } from "./network-guard";
import { openSession, type SessionNamespace } from "./open-session";
import { capturePrinted } from "./printed-lines";
import { type CallUse, reportCall } from "./report-call";
import { resolveHandler } from "./resolve-handler";
import { runHandler } from "./run-handler";
import { streamFrames } from "./stream-frames";
import { toHandlerRequest } from "./to-handler-request";
import { readVerifiedBody } from "./verify-call";

/** Bindings that are ours have lower-case names: keys of a manifest are upper-case, so the two never meet. */
type ScriptEnv = Record<string, unknown> & {
  placed: PlacedScript;
  invokeKey: CryptoKey;
  telemetryKey: CryptoKey;
  sessions: SessionNamespace;
  logs: LogNamespace;
};

type ExecutionContext = { waitUntil(work: Promise<unknown>): void };

/** Longer than the house waits, for a call whose end it could not tell us. */
const backstopMs = 5_000;
const linesMax = 1_000;
const logName = "lines";

// All of this stands before the customer's module is loaded: it prints through our mask and meets our network.
const bindings = env as ScriptEnv;
const { placed } = bindings;
const configured = configuredKeys(bindings);
const mask: MaskCompiler = compileMask(placed.secretNames.flatMap((name) => configured[name] ?? []));
const printed = capturePrinted(mask, Object.keys(configured));
if (placed.networkAllow !== undefined) guardNetwork(placed.networkAllow);

/** `exported` is the namespace of the entry point, `entrypoint` its path for messages. */
export function createWorker(exported: unknown, entrypoint: string) {
  const handler = resolveHandler(exported, entrypoint);
  // The runtime drops these silently; printed, they reach the agent's log.
  addEventListener("unhandledrejection", (event) => printFault(event.reason));
  return {
    async fetch(request: Request, _env: unknown, execution: ExecutionContext): Promise<Response> {
      const body = await readVerifiedBody(request, bindings.invokeKey);
      if (body === null) return new Response(null, { status: 401 });
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === scriptPaths.state) return Response.json(stateOf(placed));
      if (pathname === scriptPaths.logs) return Response.json(await readLogs(Number(searchParams.get("limit"))));
      if (pathname !== scriptPaths.invoke) return new Response(null, { status: 404 });
      const asked: ScriptCall = JSON.parse(new TextDecoder().decode(body));
      const run = runCall(asked, handler, request.signal);
      const { body: frames, finished } = streamFrames(run.frames);
      execution.waitUntil(finished.then(run.settle));
      return new Response(frames, { headers: { "content-type": agentFramesType, "cache-control": "no-store" } });
    },
  };
}

/** `settle` says what the call used and stores what it printed; it is called when nothing of the call is left to run. */
function runCall({ call, eventId }: ScriptCall, handler: Parameters<typeof runHandler>[0]["handler"], left: AbortSignal) {
  const startedAt = Date.now();
  const used = { tokens: 0, toolCalls: 0, errors: 0 };
  const signal = AbortSignal.any([left, AbortSignal.timeout(call.timeoutMs + backstopMs)]);
  const context = {
    env: configured,
    session: openSession(bindings.sessions, call.sessionId),
    agent: { id: placed.agentId, deploymentId: placed.deploymentId, version: placed.version },
    traceId: call.traceId,
    signal,
  } satisfies Omit<AgentContext, "reportUsage">;
  const frames = runHandler({
    handler,
    request: toHandlerRequest(call),
    context,
    onFault: printFault,
    onUsage: (usage) => Object.assign(used, usage),
  });
  return {
    frames: maskFrames(frames, used, left),
    async settle(): Promise<void> {
      const lines = printed.take();
      const computeMs = Date.now() - startedAt;
      // The house hangs up on a call that takes too long, as a caller does who leaves; the time tells them apart.
      const errors = used.errors > 0 || computeMs >= call.timeoutMs ? 1 : 0;
      const use: CallUse = {
        eventId,
        traceId: call.traceId,
        timestamp: new Date(startedAt).toISOString(),
        llmTokens: used.tokens,
        computeMs,
        toolCalls: used.toolCalls,
        errors,
        errorClass: errors > 0 ? "runtime" : null,
      };
      await Promise.allSettled([
        lines.length > 0 ? logStore().append(lines) : undefined,
        call.isProbe ? undefined : reportCall(placed, bindings.telemetryKey, use),
      ]);
    },
  };
}

/** A caller who left is no fault of the agent. */
async function* maskFrames(
  frames: AsyncGenerator<AgentFrame, void, undefined>,
  used: { tokens: number; toolCalls: number; errors: number },
  left: AbortSignal,
): AsyncGenerator<AgentFrame, void, undefined> {
  const open = mask.open();
  for await (const frame of frames) {
    const isText = typeof frame === "string";
    const text = isText ? open.push(frame) : open.flush();
    if (text !== "") yield text;
    if (isText) continue;
    if ("usage" in frame) Object.assign(used, frame.usage);
    else if (!left.aborted) used.errors = 1;
    yield "error" in frame ? { error: { ...frame.error, message: maskMessage(mask, frame.error.message) } } : frame;
  }
}

function stateOf({ deploymentId, moduleSha256, revision, secretVersions }: PlacedScript): ScriptState {
  return { deploymentId, moduleSha256, revision, secretVersions };
}

async function readLogs(limit: number): Promise<ScriptLogs> {
  const waiting = printed.take();
  if (waiting.length > 0) await logStore().append(waiting);
  return { lines: await logStore().read(Math.min(Math.max(Math.trunc(limit) || 1, 1), linesMax)) };
}

function logStore() {
  return bindings.logs.get(bindings.logs.idFromName(logName));
}

function printFault(thrown: unknown): void {
  printed.print("stderr", thrown instanceof Error ? (thrown.stack ?? String(thrown)) : String(thrown));
}

function configuredKeys(all: ScriptEnv): Readonly<Record<string, string>> {
  return Object.freeze(
    Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => typeof entry[1] === "string")),
  );
}
