// Stage "probed": the version starts and answers one call of invoke/v1 before anybody else may call it (MISSION C5).
import { z } from "zod";
import type { HostInvocation } from "~/runtime/contract/host-protocol";
import type { Manifest } from "~/server/bundles/manifest.contract";
import { AppError } from "~/server/errors";
import { newId } from "~/server/ids";
import { type Run, say } from "./held-run";
import { isOutage } from "./settle-run";

const probeTimeoutMs = 30_000;

const ProbeAnswer = z.object({ output: z.object({ text: z.string() }) });

/** The agent can tell by `request.metadata.probe`, and answer without doing anything that costs money. */
export async function probeStage(run: Run, signal: AbortSignal): Promise<void> {
  await run.provider.activate(run.target, { signal });
  const startedAt = performance.now();
  const answer = await run.provider.invoke(run.target, probeCall(run), { signal }).catch((error) => {
    throw error instanceof AppError && error.code === "RUNTIME_ERROR" && !isOutage(error) ? probeFailed(error) : error;
  });
  if (!ProbeAnswer.safeParse(answer).success) {
    throw new AppError("DEPLOYMENT_FAILED", "The agent answered its probe with something that is not an invoke/v1 answer.", {
      details: { reason: "probe_failed" },
    });
  }
  await say(run, "probed", "info", [`The agent answered its probe in ${Math.ceil(performance.now() - startedAt)} ms.`]);
}

function probeCall(run: Run): HostInvocation {
  const { limits } = run.row.manifest as Manifest;
  return {
    traceId: newId("trace"),
    sessionId: newId("agentSession"),
    messages: [{ role: "user", content: "This is a deployment probe. Answer with one short sentence." }],
    options: {},
    metadata: { probe: "true" },
    timeoutMs: Math.min(limits.timeoutMs, run.plan.timeoutMsMax, probeTimeoutMs),
    isProbe: true,
  };
}

function probeFailed(error: AppError): AppError {
  const reason = error.details.timedOut ? "probe_overdue" : "probe_failed";
  const isAboutTheAnswer = error.message.startsWith("The handler");
  const hint = isAboutTheAnswer ? "" : ' A handler can tell the probe by request.metadata.probe === "true" and answer any text.';
  return new AppError(
    "DEPLOYMENT_FAILED",
    `The agent did not pass its probe. ${error.message.replace(/(?<=[^.!?])$/, ".")}${hint}`,
    {
      details: { reason },
      cause: error,
    },
  );
}
