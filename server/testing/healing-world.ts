// One workspace whose deployments are asked for while workers die, freeze and lose their queue; and the laws that hold whatever happens.

import type { Placement } from "~/runtime/contract/host-protocol";
import { purgeAgentJob } from "~/server/agents/agents.jobs";
import { createAgent } from "~/server/agents/create-agent";
import type { WorkspaceScope } from "~/server/auth/scope";
import { runDeploymentJob } from "~/server/deployments/deployments.jobs";
import { purgeAgent } from "~/server/deployments/purge-agent";
import { runDeployment } from "~/server/deployments/run-deployment";
import { sweepDeployments } from "~/server/deployments/sweep-deployments";
import { AppError } from "~/server/errors";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import type { BuiltModule, Provider } from "~/server/providers/provider";
import { openForLaunch } from "~/server/secrets/open-for-launch";
import { refreshSecrets } from "~/server/secrets/refresh-secrets";
import { refreshSecretsJob } from "~/server/secrets/secrets.jobs";
import { sweepSecretRefreshes } from "~/server/secrets/sweep-secret-refreshes";
import type { Services } from "~/server/services";
import { uploadBundle } from "./bundles";
import { createTestTenant } from "./factories";
import { type HealingLedger, openHealingLedger } from "./healing-ledger";
import { type Fate, openMortalProcess } from "./mortal-process";
import type { Ring } from "./recording-queue";
import type { TestServices } from "./test-services";

/** What the provider does at its next call of this method. */
export type Trouble = { method: "build" | "deploy" | "activate" | "invoke" | "destroy" | "refreshSecrets"; how: TroubleKind };
export type TroubleKind = "is away" | "answer is lost" | "refuses" | "times out";

export type HealingWorld = {
  services: TestServices;
  scope: WorkspaceScope;
  uploadId: string;
  fake: FakeProvider;
  ledger: HealingLedger;
  newAgent(): Promise<void>;
  /** What the provider will do wrong, first come first. */
  troubles: Trouble[];
  /** Lets a process of its own do something; answers when it is done, died or stands still. */
  inProcess(fate: Fate | null, work: (services: Services) => Promise<unknown>): Promise<void>;
  /** Answers the ring with this number, as the queue would: equal ones collapse, ours are tried again. */
  deliver(nth: number, fate: Fate | null): Promise<void>;
  deliverTwice(nth: number): Promise<void>;
  /** The process that has stood still for the longest goes on. */
  thawOne(): Promise<void>;
  /** Placements that were on their way when their sender died arrive. */
  landSent(): Promise<void>;
  flush(): Promise<void>;
  /** A minute of sweeps and healthy workers, and one more for what is cleared away. Throws when something has not come to its end. */
  converge(): Promise<void>;
};

/** As the queue's workers see it: `attempts` of its contract, then the ring is gone until somebody rings again. */
const attemptsMax = 3;
const never = new AbortController().signal;

export async function openHealingWorld(services: TestServices): Promise<HealingWorld> {
  await services.reset();
  const fake = createFakeProvider({ grantFor: (deploymentId) => openForLaunch(services, deploymentId) });
  const troubles: Trouble[] = [];
  const provider = troubled(fake, troubles, (deploymentId) => ledger.excuse(deploymentId));
  services.providers = { get: () => provider, list: () => [provider] };
  const { scope } = await createTestTenant(services);
  const { uploadId } = await uploadBundle(services, scope, undefined, { env: { optionalKeys: ["KEY"] } });
  const ledger = openHealingLedger(services, { scope, fake });
  const frozen: { thaw(): void; work: Promise<void> }[] = [];
  const sent: Placement[] = [];
  const tries = new Map<string, number>();

  const newAgent = async () => {
    const { agentId } = await createAgent(services, scope, { name: `bot-${ledger.agents.size}`, description: "" });
    ledger.agents.set(agentId, { isDeleted: false, wasDisabled: false });
  };

  const inProcess: HealingWorld["inProcess"] = async (fate, doWork) => {
    const process = openMortalProcess(services, fate, (placement) => sent.push(placement));
    const work = doWork(process.services).then(() => undefined, ignoreRefusal);
    const standsStill = process.frozen.then(() => void frozen.push({ thaw: process.thaw, work }));
    await Promise.race([work, standsStill]);
  };

  const take = (nth: number): Ring | undefined => {
    const { rung } = services.queue;
    const ring = rung[nth % Math.max(rung.length, 1)];
    if (ring) drop(rung, ring);
    return ring;
  };

  const answer = async (ring: Ring, fate: Fate | null): Promise<void> => {
    await inProcess(fate, async (mine) => {
      const error = await carryOut(mine, ring).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      const tried = (tries.get(ring.key) ?? 0) + 1;
      const isTriedAgain = error !== null && !(error instanceof AppError && !error.retryable) && tried < attemptsMax;
      tries.set(ring.key, isTriedAgain ? tried : 0);
      if (isTriedAgain) services.queue.rung.push(ring);
    });
  };

  const sweep = async () => {
    await sweepDeployments(services);
    await sweepSecretRefreshes(services);
  };

  const passMinute = async () => {
    for (let seconds = 0; seconds < 60; seconds += 10) {
      services.clock.advance(10_000);
      await sweep();
      for (let ringing = 0; services.queue.rung.length > 0 && ringing < 50; ringing += 1) await world.deliver(0, null);
    }
  };

  const world: HealingWorld = {
    services,
    scope,
    uploadId,
    fake,
    ledger,
    newAgent,
    troubles,
    inProcess,
    deliver: async (nth, fate) => {
      const ring = take(nth);
      if (ring) await answer(ring, fate);
    },
    deliverTwice: async (nth) => {
      const ring = take(nth);
      if (ring) await Promise.all([answer(ring, null), answer(ring, null)]);
    },
    thawOne: async () => {
      const first = frozen.shift();
      first?.thaw();
      await first?.work;
    },
    landSent: async () => {
      for (const placement of sent.splice(0)) await fake.deploy(placement, { signal: never });
    },
    flush: async () => {
      services.queue.rung.length = 0;
      tries.clear();
      await services.redis.flushdb();
    },
    converge: async () => {
      troubles.length = 0;
      while (frozen.length > 0) await world.thawOne();
      await world.landSent();
      await passMinute();
      await ledger.judgeEnd();
      await passMinute();
      await ledger.judgeRest();
    },
  };
  await newAgent();
  await newAgent();
  return world;
}

function drop(rung: Ring[], { name, key }: Ring): void {
  const others = rung.filter((ring) => ring.name !== name || ring.key !== key);
  rung.splice(0, rung.length, ...others);
}

function carryOut(services: Services, { name, payload }: Ring): Promise<void> {
  const [deploymentId, agentId] = [payload["deploymentId"] ?? "", payload["agentId"] ?? ""];
  const workspaceId = payload["workspaceId"] ?? "";
  if (name === runDeploymentJob.name) return runDeployment(services, { deploymentId, workspaceId }, { draining: never });
  if (name === purgeAgentJob.name) return purgeAgent(services, { agentId, workspaceId });
  if (name === refreshSecretsJob.name) return refreshSecrets(services, { workspaceId }, never);
  throw new Error(`Nobody answers the ring ${name}.`);
}

/** A refusal, and what a dead process says, is nobody's concern here: the rows are. */
function ignoreRefusal(): void {}

function troubled(fake: FakeProvider, troubles: Trouble[], excuse: (deploymentId: string) => void): Provider {
  let built: Promise<BuiltModule> | null = null;

  async function meet<T>(method: Trouble["method"], deploymentId: string | null, call: () => Promise<T>): Promise<T> {
    const [next] = troubles;
    if (next?.method !== method) return call();
    troubles.shift();
    if (next.how === "answer is lost") await call();
    const isOutage = next.how === "is away" || next.how === "answer is lost" || deploymentId === null;
    if (isOutage) throw away();
    if (method !== "destroy" && method !== "refreshSecrets") excuse(deploymentId);
    throw next.how === "refuses" ? new AppError("DEPLOYMENT_FAILED", "No.") : timedOut();
  }

  return {
    ...fake,
    build: (source, options) =>
      meet("build", null, () => {
        // The same bundle each time: what esbuild does is not what is looked at here.
        built ??= fake.build(source, options);
        return built;
      }),
    deploy: (placement, options) => meet("deploy", placement.deploymentId, () => fake.deploy(placement, options)),
    activate: (target, options) => meet("activate", target.deploymentId, () => fake.activate(target, options)),
    invoke: (target, call, options) => meet("invoke", target.deploymentId, () => fake.invoke(target, call, options)),
    destroy: (target) => meet("destroy", target.deploymentId, () => fake.destroy(target)),
    refreshSecrets: (target, options) => meet("refreshSecrets", target.deploymentId, () => fake.refreshSecrets(target, options)),
  };
}

function away(): AppError {
  return new AppError("RUNTIME_ERROR", "Not reached.", { retryable: true, details: { reason: "host_unreachable" } });
}

function timedOut(): AppError {
  return new AppError("RUNTIME_ERROR", "It ran out of time.", { retryable: true, details: { timedOut: true } });
}
