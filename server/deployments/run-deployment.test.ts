// A deployment reaches its end exactly once, whatever happens to its workers; what the customer did wrong is said in safe words.
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAgent } from "~/server/agents/create-agent";
import type { WorkspaceScope } from "~/server/auth/scope";
import { incomingDirectory } from "~/server/bundles/incoming-directory";
import { AppError } from "~/server/errors";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import type { Provider } from "~/server/providers/provider";
import { setSecret } from "~/server/secrets/set-secret";
import { uploadBundle } from "~/server/testing/bundles";
import { createTestTenant } from "~/server/testing/factories";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { cancelDeployment } from "./cancel-deployment";
import { leaseMs } from "./claim-deployment";
import { createDeployment } from "./create-deployment";
import type { DeploymentKey } from "./deployments.jobs";
import { getDeployment } from "./get-deployment";
import { type RunOptions, runDeployment } from "./run-deployment";
import { sweepDeployments } from "./sweep-deployments";

let services: TestServices;
let fake: FakeProvider;
let provider: Provider;
let scope: WorkspaceScope;
let agentId: string;

beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  fake = createFakeProvider();
  provider = fake;
  services.providers = { get: () => provider, list: () => [provider] };
  const tenant = await createTestTenant(services);
  scope = tenant.scope;
  agentId = (await createAgent(services, scope, { name: "bot", description: "" })).agentId;
});

const keyOf = (deploymentId: string): DeploymentKey => ({ deploymentId, workspaceId: scope.workspaceId });

async function deploy(source?: string, manifest?: Record<string, unknown>, activate = true): Promise<string> {
  const { uploadId } = await uploadBundle(services, scope, source, manifest);
  return (await createDeployment(services, scope, { agentId, uploadId, activate })).deploymentId;
}

function run(deploymentId: string, options: Partial<RunOptions> = {}): Promise<void> {
  return runDeployment(services, keyOf(deploymentId), { draining: new AbortController().signal, ...options });
}

const detailOf = (deploymentId: string) => getDeployment(services, scope, deploymentId);
const pointer = () =>
  services.owner.selectFrom("agents").select("activeDeploymentId").where("id", "=", agentId).executeTakeFirstOrThrow();

/** A provider that does what `fake` does, but for one method. */
function tampered(changes: Partial<Provider>): Provider {
  return { ...fake, ...changes };
}

/** What is left of a worker that was killed: a lease that nobody renews. */
async function abandonAt(deploymentId: string, method: "build" | "deploy" | "activate" | "invoke"): Promise<void> {
  const draining = new AbortController();
  let reached: () => void = () => {};
  const stuck = new Promise<void>((resolve) => {
    reached = resolve;
  });
  provider = tampered({
    [method]: () => {
      reached();
      return new Promise(() => {});
    },
  });
  const dead = run(deploymentId, { draining: draining.signal }).catch(() => undefined);
  await stuck;
  // The dead worker writes nothing more: it loses its lease here, as if its process had ended.
  await services.owner
    .updateTable("deployments")
    .set({ leaseId: "dead", heartbeatAt: services.clock.now() })
    .where("id", "=", deploymentId)
    .execute();
  draining.abort();
  await dead;
  provider = fake;
}

describe("a deployment", () => {
  it("goes through every stage, goes live and is audited", async () => {
    const id = await deploy();
    await run(id);
    const detail = await detailOf(id);
    expect(detail).toMatchObject({ status: "active", stage: "active", version: 1, failureCode: null });
    expect(detail.steps.map((step) => `${step.stage} ${step.outcome}`).sort()).toEqual([
      "active done",
      "built done",
      "checked done",
      "placed done",
      "probed done",
      "received done",
    ]);
    expect(await pointer()).toEqual({ activeDeploymentId: id });
    const actions = await services.owner.selectFrom("auditEntries").select("action").orderBy("seq").execute();
    expect(actions.map((entry) => entry.action)).toEqual(
      expect.arrayContaining(["agent.create", "upload.create", "deployment.create", "deployment.activate"]),
    );
    expect(await readdir(incomingDirectory(services.config))).toEqual([]);
  });

  it("that does not activate stays ready and leaves the live one alone", async () => {
    const first = await deploy();
    await run(first);
    const second = await deploy(undefined, undefined, false);
    await run(second);
    expect(await detailOf(second)).toMatchObject({ status: "ready", stage: "probed" });
    expect(await pointer()).toEqual({ activeDeploymentId: first });
  });

  it("supersedes the one before it", async () => {
    const [first, second] = [await deploy(), await deploy()];
    await run(first);
    await run(second);
    expect((await detailOf(first)).status).toBe("superseded");
    expect((await detailOf(second)).status).toBe("active");
  });

  it("never pushes out a newer one that was faster", async () => {
    const [first, second] = [await deploy(), await deploy()];
    await run(second);
    await run(first);
    expect((await detailOf(first)).status).toBe("ready");
    expect((await detailOf(first)).logs.at(-1)?.line).toMatch(/Version 2 went live meanwhile/);
    expect(await pointer()).toEqual({ activeDeploymentId: second });
  });

  it("delivered twice at once runs once", async () => {
    let builds = 0;
    const build: Provider["build"] = (source, options) => {
      builds += 1;
      return fake.build(source, options);
    };
    provider = tampered({ build });
    const id = await deploy();
    await Promise.all([run(id), run(id), run(id)]);
    await run(id);
    expect(builds).toBe(1);
    expect((await detailOf(id)).status).toBe("active");
  });

  it.each(["build", "deploy", "activate", "invoke"] as const)("survives a worker killed in %s", async (method) => {
    const id = await deploy();
    await abandonAt(id, method);
    expect((await detailOf(id)).status).toBe("running");
    await run(id);
    expect((await detailOf(id)).status, "the lease still holds").toBe("running");
    services.clock.advance(leaseMs + 1);
    services.queue.rung.length = 0;
    await sweepDeployments(services);
    expect(services.queue.rung.map((ring) => ring.key)).toEqual([id]);
    await run(id);
    const detail = await detailOf(id);
    expect(detail.status).toBe("active");
    expect(detail.steps.every((step) => step.outcome === "done")).toBe(true);
    expect(fake.placements.size).toBe(1);
  });

  it("whose ring was lost is found by the sweep", async () => {
    const id = await deploy();
    services.queue.rung.length = 0;
    await sweepDeployments(services);
    expect(services.queue.rung, "its own ring may still be on its way").toEqual([]);
    services.clock.advance(6_000);
    await sweepDeployments(services);
    expect(services.queue.rung.map((ring) => ring.key)).toEqual([id]);
  });

  it("is given up when it keeps killing its workers", async () => {
    const id = await deploy();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await abandonAt(id, "build");
      services.clock.advance(leaseMs + 1);
    }
    await run(id);
    expect(await detailOf(id)).toMatchObject({ status: "failed", failureCode: "worker_lost" });
  });

  it("is handed over when its worker drains, without counting against it", async () => {
    const id = await deploy();
    const draining = new AbortController();
    const build = () => {
      draining.abort();
      return new Promise<never>(() => {});
    };
    provider = tampered({ build });
    await expect(run(id, { draining: draining.signal })).rejects.toThrow("draining");
    provider = fake;
    await run(id);
    expect((await detailOf(id)).status).toBe("active");
    const row = await services.owner.selectFrom("deployments").select("attempts").where("id", "=", id).executeTakeFirstOrThrow();
    expect(row.attempts).toBe(1);
  });

  it("is tried again while the agent host is away, and says so when it stays away", async () => {
    const away = new AppError("RUNTIME_ERROR", "away", { retryable: true, details: { reason: "host_unreachable" } });
    provider = tampered({ deploy: () => Promise.reject(away) });
    const id = await deploy();
    for (let attempt = 1; attempt < 5; attempt += 1) await expect(run(id)).rejects.toBe(away);
    await run(id);
    expect(await detailOf(id)).toMatchObject({ status: "failed", failureCode: "host_unreachable" });
  });

  it("that is overdue is failed by the sweep, and its worker stops", async () => {
    const id = await deploy();
    await abandonAt(id, "build");
    services.clock.advance(21 * 60_000);
    await sweepDeployments(services);
    expect(await detailOf(id)).toMatchObject({ status: "failed", failureCode: "overdue" });
    await run(id);
    expect((await detailOf(id)).status).toBe("failed");
  });
});

describe("a cancel", () => {
  it("of a queued deployment wins at once; of ten racing ones exactly one", async () => {
    const id = await deploy();
    const racers = await Promise.allSettled(Array.from({ length: 10 }, () => cancelDeployment(services, scope, id)));
    expect(racers.filter((racer) => racer.status === "fulfilled")).toHaveLength(1);
    const losers = racers.filter((racer) => racer.status === "rejected").map((racer) => (racer.reason as AppError).code);
    expect(new Set(losers)).toEqual(new Set(["CONFLICT"]));
    await run(id);
    expect((await detailOf(id)).status).toBe("cancelled");
    const audited = await services.owner
      .selectFrom("auditEntries")
      .select("id")
      .where("action", "=", "deployment.cancel")
      .execute();
    expect(audited).toHaveLength(1);
  });

  it.each(["build", "deploy", "activate", "invoke"] as const)(
    "during %s ends the run and takes the placement away",
    async (method) => {
      let reached: () => void = () => {};
      const inside = new Promise<void>((resolve) => {
        reached = resolve;
      });
      const hang = () => {
        reached();
        return new Promise<never>(() => {});
      };
      provider = tampered({ [method]: hang });
      const id = await deploy();
      const running = run(id);
      await inside;
      await cancelDeployment(services, scope, id);
      await running;
      const detail = await detailOf(id);
      expect(detail.status).toBe("cancelled");
      expect(detail.steps.map((step) => step.outcome)).toContain("cancelled");
      expect(fake.placements.size).toBe(0);
      expect(await pointer()).toEqual({ activeDeploymentId: null });
    },
  );

  it("whose worker was killed is carried out by the next one", async () => {
    const id = await deploy();
    await abandonAt(id, "invoke");
    await cancelDeployment(services, scope, id);
    services.clock.advance(leaseMs + 1);
    await run(id);
    expect((await detailOf(id)).status).toBe("cancelled");
    expect(fake.placements.size).toBe(0);
  });

  it("of a finished deployment is refused", async () => {
    const id = await deploy();
    await run(id);
    await expect(cancelDeployment(services, scope, id)).rejects.toMatchObject({ code: "CONFLICT" });
  });
});

describe("a version that does not work", () => {
  it.each([
    ["throws when it is loaded", `throw new Error("no database");`, "start_failed", /no database/],
    ["has no handler", `export const answer = 42;`, "start_failed", /default export/],
    ["throws when it is called", `export default () => { throw new Error("key missing"); };`, "probe_failed", /key missing/],
    ["answers garbage", `export default () => 42;`, "probe_failed", /returned a number/],
    ["does not compile", `export default () => {`, "build_failed", /index\.ts:1/],
    ["imports what is not there", `import x from "./gone"; export default () => x;`, "build_failed", /gone/],
    ["prints a token", `throw new Error("Bearer abcdefghijklmnop1234");`, "start_failed", /\[redacted\]/],
  ])("because it %s fails and says so", async (_what, source, code, reason) => {
    const first = await deploy();
    await run(first);
    const id = await deploy(source);
    await run(id);
    const detail = await detailOf(id);
    expect(detail.status).toBe("failed");
    expect(detail.failureReason).toMatch(reason);
    expect(detail.failureCode).toBe(code);
    expect(await pointer(), "the old version stays live").toEqual({ activeDeploymentId: first });
    expect([...fake.placements.keys()], "nothing stays placed").toEqual([first]);
  });

  it("because it hangs at its start fails at its deadline", async () => {
    provider = tampered({ activate: () => new Promise(() => {}) });
    const id = await deploy();
    await run(id, { deadlines: { probed: 50 } });
    expect(await detailOf(id)).toMatchObject({ status: "failed", failureCode: "probed_overdue" });
  });

  it("because its stored zip was altered by one byte is refused and audited", async () => {
    const id = await deploy();
    const row = await services.owner
      .selectFrom("deployments")
      .select("bundleBlobKey")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    const zip = await services.blobs.read(row.bundleBlobKey);
    zip[20] = (zip[20] ?? 0) ^ 1;
    await writeFile(join(services.directory, "blobs", row.bundleBlobKey), zip);
    await run(id);
    expect(await detailOf(id)).toMatchObject({ status: "failed", failureCode: "bundle_altered" });
    const audited = await services.owner
      .selectFrom("auditEntries")
      .select("targetId")
      .where("action", "=", "deployment.integrity_failure")
      .execute();
    expect(audited).toEqual([{ targetId: id }]);
  });

  it("because a required secret has no value is refused before it is entered, naming the key", async () => {
    const needsKey = { env: { requiredKeys: ["OPENAI_API_KEY", "OTHER_KEY"] } };
    await setSecret(services, scope, { agentId, name: "OTHER_KEY", value: "v" });
    const refused = await deploy(undefined, needsKey).catch((error: AppError) => error);
    expect(refused).toMatchObject({ code: "INVALID_REQUEST", details: { reason: "secrets_missing" } });
    expect((refused as AppError).message).toContain("OPENAI_API_KEY");
    await setSecret(services, scope, { agentId, name: "OPENAI_API_KEY", value: "v" });
    const id = await deploy(undefined, needsKey);
    await run(id);
    expect(await detailOf(id)).toMatchObject({ status: "active", secretVersions: { OPENAI_API_KEY: 1, OTHER_KEY: 1 } });
  });
});
