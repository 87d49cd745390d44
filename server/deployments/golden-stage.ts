// Behind the probe: the bundle's own golden calls; one that does not end as expected keeps the old version live (AHEAD 12).
import type { GoldenResult } from "~/db/tables/deployment-steps";
import type { HostInvocation } from "~/runtime/contract/host-protocol";
import { messagesOf } from "~/runtime/contract/invoke";
import type { Manifest } from "~/server/bundles/manifest.contract";
import { AppError } from "~/server/errors";
import { newId } from "~/server/ids";
import { limitRate } from "~/server/rate-limit/limit-rate";
import { type Run, say } from "./held-run";
import { type GoldenEnding, judgeGolden } from "./judge-golden";
import { type Golden, readGoldens } from "./read-goldens";
import { isOutage } from "./settle-run";
import { setGoldensAcrossWorkspaces } from "./steps.queries";

const callTimeoutMs = 30_000;

/** They are nobody's requests and cost no budget, so their number is bounded: of a workspace, in an hour. */
const rule = { name: "golden_calls", points: 600, windowSeconds: 3_600 };

/** One after the other, each in a session of its own; the rest is called too when one fails, so that all differences are seen at once. */
export async function goldenStage(run: Run, signal: AbortSignal): Promise<void> {
  const goldens = await readGoldens(run);
  const results: GoldenResult[] = [];
  for (const golden of goldens) {
    await countCall(run);
    const ending = await call(run, golden, signal);
    signal.throwIfAborted();
    const difference = judgeGolden(golden.expect, ending);
    const { name } = golden;
    results.push({ name, isMet: difference === null, difference, durationMs: ending.durationMs });
    await setGoldensAcrossWorkspaces(run.needs.across, run.key, results);
    const line = difference === null ? `Golden call ${name}: as expected` : `Golden call ${name}: ${difference}`;
    await say(run, "probed", difference === null ? "info" : "error", [`${line} (${ending.durationMs} ms).`]);
  }
  const failed = results.filter((result) => !result.isMet);
  if (failed[0]) throw goldenFailed(failed[0], { failed: failed.length, all: results.length });
}

async function countCall(run: Run): Promise<void> {
  try {
    await limitRate(run.needs, [{ rule, subject: run.key.workspaceId }]);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "RATE_LIMITED") throw error;
    const message = `The workspace made ${rule.points} golden calls in this hour. Deploy again later, or name fewer golden files.`;
    throw new AppError("DEPLOYMENT_FAILED", message, { details: { reason: "golden_rate" }, cause: error });
  }
}

/** What the caller would have met. An outage of ours is no answer of the agent: it passes through, and the run is tried again. */
async function call(run: Run, golden: Golden, signal: AbortSignal): Promise<GoldenEnding> {
  const startedAt = performance.now();
  const durationMs = () => Math.ceil(performance.now() - startedAt);
  try {
    const answer = await run.provider.invoke(run.target, invocationOf(run, golden), { signal });
    return { text: String(answer.output?.text ?? ""), durationMs: durationMs() };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError) || error.code === "INTERNAL" || isOutage(error)) throw error;
    return { errorCode: error.code, message: error.message, durationMs: durationMs() };
  }
}

/** Nothing in it tells the agent that the call is golden: it must answer as it will answer everybody. */
function invocationOf(run: Run, { request }: Golden): HostInvocation {
  const { limits } = run.row.manifest as Manifest;
  return {
    traceId: newId("trace"),
    sessionId: newId("agentSession"),
    messages: messagesOf(request),
    options: request.options ?? {},
    metadata: request.metadata ?? {},
    timeoutMs: Math.min(limits.timeoutMs, run.plan.timeoutMsMax, callTimeoutMs),
    isProbe: true,
  };
}

function goldenFailed(first: GoldenResult, count: { failed: number; all: number }): AppError {
  const calls = `${count.failed} of ${count.all} golden calls did not end as expected`;
  return new AppError("DEPLOYMENT_FAILED", `${calls}. ${first.name}: ${first.difference}.`, {
    details: { reason: "golden_failed" },
  });
}
