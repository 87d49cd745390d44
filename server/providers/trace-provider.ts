// A provider whose every act is a span, and which tells agents where in the trace they stand.
import type { HostInvocation } from "~/runtime/contract/host-protocol";
import { currentTraceparent, inSpan, inSpanUntil } from "~/server/observability/spans";
import type { PlacedDeployment, Provider, ResumableStreams } from "./provider";

export function traceProvider(provider: Provider): Provider {
  const { runtime, streams } = provider;
  const begin = (act: string, target?: PlacedDeployment) => beginningOf(runtime, act, target);
  return {
    runtime,
    ...(provider.placingMs === undefined ? {} : { placingMs: provider.placingMs }),
    ...(provider.pushesLogs === undefined ? {} : { pushesLogs: provider.pushesLogs }),
    build: (source, options) => inSpan(begin("build"), () => provider.build(source, options)),
    deploy: (placement, options) => inSpan(begin("deploy", placement), () => provider.deploy(placement, options)),
    activate: (target, options) => inSpan(begin("activate", target), () => provider.activate(target, options)),
    invoke: (target, call, options) =>
      inSpan(begin("invoke", target), () => provider.invoke(target, placedInTrace(call), options)),
    stream: (target, call, options) =>
      inSpanUntil(
        begin("stream", target),
        () => provider.stream(target, placedInTrace(call), options),
        (answer, end) => void answer.once("close", end),
      ),
    ...(streams ? { streams: traceStreams(streams, begin) } : {}),
    health: () => inSpan(begin("health"), () => provider.health()),
    logs: (target, options) => inSpan(begin("logs", target), () => provider.logs(target, options)),
    stop: (target) => inSpan(begin("stop", target), () => provider.stop(target)),
    holders: (deploymentIds, options) => inSpan(begin("holders"), () => provider.holders(deploymentIds, options)),
    refreshSecrets: (target, options) => inSpan(begin("refresh-secrets", target), () => provider.refreshSecrets(target, options)),
    destroy: (target) => inSpan(begin("destroy", target), () => provider.destroy(target)),
    placements: (options) => inSpan(begin("placements"), () => provider.placements(options)),
    estimateCost: (input) => provider.estimateCost(input),
  };
}

type Begin = (act: string, target?: PlacedDeployment) => ReturnType<typeof beginningOf>;

function traceStreams(streams: ResumableStreams, begin: Begin): ResumableStreams {
  return {
    resume: (target, from, options) =>
      inSpanUntil(
        begin("resume", target),
        () => streams.resume(target, from, options),
        (answer, end) => void (answer ? answer.once("close", end) : end()),
      ),
    outcome: (target, streamId, options) => inSpan(begin("outcome", target), () => streams.outcome(target, streamId, options)),
    setAside: (target, streamId) => inSpan(begin("set-aside", target), () => streams.setAside(target, streamId)),
    stop: (target, streamId) => inSpan(begin("stop-stream", target), () => streams.stop(target, streamId)),
  };
}

function beginningOf(runtime: string, act: string, target: PlacedDeployment | undefined) {
  const of = target
    ? { "whs.workspace_id": target.workspaceId, "whs.agent_id": target.agentId, "whs.deployment_id": target.deploymentId }
    : {};
  return {
    name: `${runtime} ${act}`,
    kind: "client" as const,
    facts: { "whs.runtime": runtime, "whs.provider.act": act, ...of },
  };
}

/** Its span is the agent's parent; a traceparent of the request's own words stays what the caller wrote. */
function placedInTrace(call: HostInvocation): HostInvocation {
  const traceparent = currentTraceparent();
  const said = call.metadata["traceparent"];
  if (traceparent === null || (said !== undefined && said !== traceparent.caller)) return call;
  return { ...call, metadata: { ...call.metadata, traceparent: traceparent.own } };
}
