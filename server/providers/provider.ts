// The one interface to everything that can run an agent (MISSION D). Every adapter passes `provider.conformance.ts`.
import type { Readable } from "node:stream";
import type { Runtime } from "~/db/tables/deployments";
import type { HostInvocation, HostLogLine, LaunchGrant, Placement, StreamOutcome } from "~/runtime/contract/host-protocol";
import type { InvokeResponse } from "~/runtime/contract/invoke";

export type ProviderHealth = { status: "up" | "down" | "unconfigured"; detail: string; warnings: string[] };

/** Which runtime resource a call is about. */
export type PlacedDeployment = { deploymentId: string; agentId: string; workspaceId: string };

/** `isOfAgent`: not the version itself but what the agent's versions share there, named by the one that it was made with. */
export type FoundPlacement = PlacedDeployment & { isOfAgent?: true };

export type CostInput = { requests: number; computeMs: number; llmTokens: number };

/** A checked bundle, extracted into a private directory. */
export type BundleSource = { directory: string; entrypoint: string };

/** One ES module: the customer's entry point with our wrapper around it. */
export type BuiltModule = { code: string; warnings: string[] };

/** A line may come to a cloud's log some seconds after it was printed: whoever reads on begins a little earlier. */
export type ReadLogs = { limit: number; after?: Date };

/** A version that holds secrets at this moment. Null: which ones is what was noted when they were handed to its runtime last. */
export type SecretHolder = { deploymentId: string; secretVersions: Record<string, number> | null };

/** A stream that is to outlive its connection. */
export type StreamWish = {
  streamId: string;
  /** For the `meta` event. */
  resumeUrl: string;
  /** Most that its events may take together. */
  bytesMax: number;
};

/**
 * What a runtime can do that owns generation and its event log (MISSION E8): a stream that was opened with a wish and has begun goes on
 * when its reader leaves, for 15 s, and whoever comes back gets every event once. Only `stop` ends it at once.
 */
export interface ResumableStreams {
  /**
   * Every event after that one, then the rest as it comes; destroying it is leaving. Null: nothing is left. Rejects with `NOT_FOUND` when
   * it is not kept (any more), with `INVALID_REQUEST` for an event that was not sent yet, with `CONFLICT` for too many readers.
   * `isAside`: not for the caller; however much of it is read, it stays there for them as long as without.
   */
  resume(
    target: PlacedDeployment,
    from: { streamId: string; afterEventId: number; isAside?: boolean },
    options: { signal: AbortSignal },
  ): Promise<Readable | null>;
  /** Resolves when generation is over. Rejects with `NOT_FOUND`, or retryable when the runtime is gone. */
  outcome(target: PlacedDeployment, streamId: string, options: { signal: AbortSignal }): Promise<StreamOutcome>;
  /** Who called has left, and what is read by the first connection from now on is read for us: it stays there for them. Idempotent. */
  setAside(target: PlacedDeployment, streamId: string): Promise<void>;
  /** Within 100 ms; what it said is forgotten. Idempotent. */
  stop(target: PlacedDeployment, streamId: string): Promise<void>;
}

export interface Provider {
  readonly runtime: Runtime;
  /** Milliseconds that placing one version may take, where that is longer than on this machine. */
  readonly placingMs?: number;
  /** What agents print reaches the house by itself: nobody reads it from here but whoever asks `logs`. */
  readonly pushesLogs?: boolean;
  /** Bundles for this runtime; only files of the bundle resolve, nothing of it is run. Rejects with `DEPLOYMENT_FAILED` naming file and line. */
  build(source: BundleSource, options: { signal: AbortSignal }): Promise<BuiltModule>;
  /** Places one immutable version. Idempotent by deployment id. Rejects with `DEPLOYMENT_FAILED` and a safe message. */
  deploy(placement: Placement, options: { signal: AbortSignal }): Promise<void>;
  /** Makes ready for traffic; for `embedded` starts the process. Rejects with `DEPLOYMENT_FAILED`, the agent's own start error in the message. */
  activate(target: PlacedDeployment, options: { signal: AbortSignal }): Promise<void>;
  /** Whole answer. Rejects with `RUNTIME_ERROR` and a true `retryable`. */
  invoke(target: PlacedDeployment, call: HostInvocation, options: { signal: AbortSignal }): Promise<InvokeResponse>;
  /** The answer as `text/event-stream` bytes, as they come; destroying it aborts upstream within 100 ms. Rejects like `invoke` before the first byte. */
  stream(target: PlacedDeployment, call: HostInvocation, options: { signal: AbortSignal; wish?: StreamWish }): Promise<Readable>;
  /** Absent: the runtime cannot resume; losing the connection stops the call. */
  readonly streams?: ResumableStreams;
  health(): Promise<ProviderHealth>;
  /**
   * What the agent printed, masked, oldest first: the newest `limit` lines, or with `after` the oldest of those that were printed then or
   * later. Whoever reads on from the last line it knows sees that one again and those of its millisecond, and tells them by their `id`.
   */
  logs(target: PlacedDeployment, options: ReadLogs): Promise<HostLogLine[]>;
  /** Ends what runs of this version at once, calls and background work alike; it stays placed, and the next call starts it anew. Idempotent. */
  stop(target: PlacedDeployment): Promise<void>;
  /** Which of these hold secrets now, because their processes run or their runtime keeps the values. Rejects when that cannot be known. */
  holders(deploymentIds: readonly string[], options: { signal: AbortSignal }): Promise<SecretHolder[]>;
  /**
   * Lets what runs of this version go on with today's secrets; resolves when every new call gets them. Calls in flight finish, none is
   * dropped. What does not run is left alone. Rejects when it does not start with them; it then goes on with those it has.
   */
  refreshSecrets(target: PlacedDeployment, options: { signal: AbortSignal }): Promise<void>;
  /** Idempotent. */
  destroy(target: PlacedDeployment): Promise<void>;
  /**
   * Everything that this installation's environment holds at the provider, found there by tag or name, for the orphan sweep. Whole or
   * rejected: a partial answer would look as if things were lost. What carries another environment's name is not in it.
   */
  placements(options: { signal: AbortSignal }): Promise<FoundPlacement[]>;
  /** US dollars, estimated, deterministic and monotonic. */
  estimateCost(input: CostInput): number;
}

/** Opens what one deployment is given, for runtimes that keep the values themselves. Rejects like the launch of a process would. */
export type OpenGrant = (deploymentId: string, options: { signal: AbortSignal }) => Promise<LaunchGrant>;

export type ProviderRegistry = {
  /** Throws `INVALID_REQUEST` when this installation does not offer the runtime. */
  get(runtime: Runtime): Provider;
  list(): Provider[];
};
