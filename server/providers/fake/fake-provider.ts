// A provider that runs handlers in this process, for tests of what lies above it. It has no sandbox and is never part of an installation.
import { createHash } from "node:crypto";
import { addAbortSignal, Readable } from "node:stream";
import type { Runtime } from "~/db/tables/deployments";
import { estimateCost } from "~/runtime/contract/estimate-cost";
import type { LaunchGrant, Placement } from "~/runtime/contract/host-protocol";
import { newUlid } from "~/runtime/contract/new-ulid";
import { resolveHandler } from "~/runtime/handler/resolve-handler";
import { compileMask } from "~/runtime/redaction/mask-text";
import { AppError } from "~/server/errors";
import { buildWorkerModule } from "~/server/providers/build-worker-module";
import { pickLines } from "~/server/providers/pick-lines";
import type { Provider } from "~/server/providers/provider";
import { collectAnswer, type FakeAgent, openAnswer, streamAnswer } from "./fake-call";
import { printInto } from "./print-into";

export type FakeProvider = Provider & {
  /** What was placed and not destroyed, by deployment id. */
  readonly placed: ReadonlyMap<string, Placement>;
  /** Settles how the next `deploy` ends: with this error. */
  failNextDeploy(error: AppError): void;
  setHealth(status: "up" | "down"): void;
};

export type FakeProviderOptions = {
  /** Which one it stands in for; `embedded` unless a test says otherwise. */
  runtime?: Runtime;
  /** What the agent host would ask the house for: configured keys of one deployment. */
  openForLaunch?(deploymentId: string): Promise<Record<string, string>> | Record<string, string>;
  /** The same with versions; asked instead when it is given. */
  grantFor?(deploymentId: string): Promise<FakeGrant>;
};

export type FakeGrant = Pick<LaunchGrant, "env" | "secretVersions">;

/** A placed module is ES module text whose default export is a handler, as `build` makes it or as a test writes it. */
export function createFakeProvider(options: FakeProviderOptions = {}): FakeProvider {
  const placed = new Map<string, Placement>();
  const agents = new Map<string, Promise<FakeAgent>>();
  const sessions = new Map<string, Map<string, string>>();
  const running = new Map<string, AbortController>();
  let deployError: AppError | null = null;
  let healthStatus: "up" | "down" = "up";

  function agentOf(deploymentId: string): Promise<FakeAgent> {
    const placement = placed.get(deploymentId);
    if (placement === undefined)
      return Promise.reject(new AppError("NOT_FOUND", "There is no such deployment on this provider."));
    const agent = agents.get(deploymentId) ?? loadAgent(placement, options, sessions);
    agents.set(deploymentId, agent);
    return agent;
  }

  /** Aborted by the next `stop`. */
  function whileRunning(deploymentId: string, signal: AbortSignal): AbortSignal {
    const life = running.get(deploymentId) ?? new AbortController();
    running.set(deploymentId, life);
    return AbortSignal.any([signal, life.signal]);
  }

  function endCalls(deploymentId: string): void {
    running
      .get(deploymentId)
      ?.abort(new AppError("RUNTIME_ERROR", "The agent was stopped by the platform.", { retryable: true }));
    running.delete(deploymentId);
  }

  return {
    runtime: options.runtime ?? "embedded",
    placed,
    failNextDeploy: (error) => {
      deployError = error;
    },
    setHealth: (status) => {
      healthStatus = status;
    },
    build: (source, buildOptions) => buildWorkerModule(source, { ...buildOptions, target: "node" }),
    async deploy(placement, { signal }) {
      signal.throwIfAborted();
      const error = deployError;
      deployError = null;
      if (error !== null) throw error;
      assertPlaceable(placement, placed.get(placement.deploymentId));
      placed.set(placement.deploymentId, placement);
    },
    async activate({ deploymentId }) {
      await agentOf(deploymentId).catch((thrown: unknown) => {
        agents.delete(deploymentId);
        throw new AppError("DEPLOYMENT_FAILED", `The agent could not be started: ${messageOf(thrown)}`, { cause: thrown });
      });
    },
    async invoke({ deploymentId }, call, { signal }) {
      return collectAnswer(await agentOf(deploymentId), call, whileRunning(deploymentId, signal));
    },
    async stream({ deploymentId }, call, { signal }) {
      const agent = await agentOf(deploymentId);
      const life = whileRunning(deploymentId, signal);
      const frames = streamAnswer(agent, call, await openAnswer(agent, call, life));
      return addAbortSignal(life, Readable.from(frames, { objectMode: false, highWaterMark: 1 }));
    },
    health: async () => ({ status: healthStatus, detail: `${placed.size} placed`, warnings: [] }),
    async logs({ deploymentId }, options) {
      return pickLines((await agentOf(deploymentId)).logs, options);
    },
    async stop({ deploymentId }) {
      endCalls(deploymentId);
      agents.delete(deploymentId);
    },
    async holders(deploymentIds) {
      const held = deploymentIds.map(async (deploymentId) => {
        const agent = await agents.get(deploymentId)?.catch(() => null);
        return agent ? [{ deploymentId, secretVersions: agent.secretVersions }] : [];
      });
      return (await Promise.all(held)).flat();
    },
    async refreshSecrets({ deploymentId }) {
      const placement = placed.get(deploymentId);
      if (placement === undefined || !agents.has(deploymentId)) return;
      const next = await loadAgent(placement, options, sessions);
      if (agents.has(deploymentId)) agents.set(deploymentId, Promise.resolve(next));
    },
    async destroy({ deploymentId }) {
      const placement = placed.get(deploymentId);
      if (placement !== undefined && placement.stateKey === deploymentId) sessions.delete(placement.stateKey);
      placed.delete(deploymentId);
      agents.delete(deploymentId);
    },
    placements: async () =>
      [...placed.values()].map(({ deploymentId, agentId, workspaceId }) => ({ deploymentId, agentId, workspaceId })),
    estimateCost,
  };
}

function assertPlaceable(placement: Placement, known: Placement | undefined): void {
  const digest = createHash("sha256").update(placement.module).digest("hex");
  if (digest !== placement.moduleSha256) throw new AppError("DEPLOYMENT_FAILED", "The module does not match its digest.");
  if (known !== undefined && known.moduleSha256 !== placement.moduleSha256) {
    throw new AppError("CONFLICT", "This deployment is already placed with another module; deployments never change.");
  }
}

async function grantOf(deploymentId: string, options: FakeProviderOptions): Promise<FakeGrant> {
  if (options.grantFor) return options.grantFor(deploymentId);
  return { env: (await options.openForLaunch?.(deploymentId)) ?? {}, secretVersions: {} };
}

async function loadAgent(
  placement: Placement,
  options: FakeProviderOptions,
  sessions: Map<string, Map<string, string>>,
): Promise<FakeAgent> {
  const { env, secretVersions } = await grantOf(placement.deploymentId, options);
  const [mask, logs] = [compileMask(Object.values(env)), [] as FakeAgent["logs"]];
  const module = printInto(placement.module, newUlid(), (stream, line) =>
    logs.push({ at: new Date().toISOString(), stream, line: mask.mask(line) }),
  );
  const url = `data:text/javascript;charset=utf-8,${encodeURIComponent(module)}`;
  const exported: Record<string, unknown> = await import(/* @vite-ignore */ url);
  const store = sessions.get(placement.stateKey) ?? new Map<string, string>();
  sessions.set(placement.stateKey, store);
  return {
    placement,
    handler: resolveHandler(exported["entry"] ?? exported, "The entry point"),
    env,
    secretVersions,
    mask,
    sessions: store,
    logs,
  };
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}
