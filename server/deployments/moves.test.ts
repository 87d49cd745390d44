// One bundle, several runtimes: where a version goes, what its plan refuses, and moving with a way back (MISSION H3, AHEAD 13).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Runtime } from "~/db/tables/deployments";
import type { Tier } from "~/db/tables/workspaces";
import { createAgent } from "~/server/agents/create-agent";
import { getAgent } from "~/server/agents/get-agent";
import { updateAgent } from "~/server/agents/update-agent";
import type { WorkspaceScope } from "~/server/auth/scope";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { invocationOf } from "~/server/testing/agent-host";
import { uploadBundle } from "~/server/testing/bundles";
import { createTestTenant } from "~/server/testing/factories";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { activateDeployment } from "./activate-deployment";
import { createDeployment } from "./create-deployment";
import { getDeployment } from "./get-deployment";
import { moveAgent } from "./move-agent";
import { planDeployment } from "./plan-deployment";
import { planMove } from "./plan-move";
import { runDeployment } from "./run-deployment";

let services: TestServices;
let fakes: Record<"embedded" | "cloudflare" | "agentcore", FakeProvider>;
let scope: WorkspaceScope;
let agentId: string;

beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(() => begin("pro"));

const everywhere = { runtime: ["embedded", "cloudflare", "agentcore"] };

async function begin(tier: Tier): Promise<void> {
  await services.reset();
  const fakeOf = (runtime: Runtime) => createFakeProvider({ runtime });
  fakes = { embedded: fakeOf("embedded"), cloudflare: fakeOf("cloudflare"), agentcore: fakeOf("agentcore") };
  services.providers = createProviderRegistry(Object.values(fakes));
  scope = (await createTestTenant(services, { tier })).scope;
  agentId = (await createAgent(services, scope, { name: "bot", description: "" })).agentId;
}

const upload = (manifest: Record<string, unknown> = everywhere) => uploadBundle(services, scope, undefined, manifest);

async function run(deploymentId: string): Promise<string> {
  await runDeployment(services, { deploymentId, workspaceId: scope.workspaceId }, { draining: new AbortController().signal });
  return deploymentId;
}

async function deploy(runtime?: Runtime, manifest?: Record<string, unknown>): Promise<string> {
  const { uploadId } = await upload(manifest);
  const wish = runtime === undefined ? {} : { runtime };
  return run((await createDeployment(services, scope, { agentId, uploadId, activate: true, ...wish })).deploymentId);
}

const live = async () => {
  const { activeDeploymentId, runtime } = await getAgent(services, scope, agentId);
  return { activeDeploymentId, runtime };
};
const runtimeOf = async (id: string) => (await getDeployment(services, scope, id)).runtime;
const setTier = (tier: Tier) =>
  services.owner.updateTable("workspaces").set({ tier }).where("id", "=", scope.workspaceId).execute();
const countRows = async () =>
  (
    await services.owner
      .selectFrom("auditEntries")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow()
  ).count;

describe("where a version goes", () => {
  it("is the manifest's first that is offered and in the plan", async () => {
    expect(await runtimeOf(await deploy(undefined, { runtime: ["vps", "agentcore", "cloudflare"] }))).toBe("agentcore");
    await setTier("free");
    expect(await runtimeOf(await deploy(undefined, { runtime: ["vps", "agentcore", "cloudflare"] }))).toBe("cloudflare");
  });

  it("is the agent's preference when the bundle claims it, and never stands in the way when it does not", async () => {
    await updateAgent(services, scope, { agentId, preferredRuntime: "cloudflare" });
    expect(await runtimeOf(await deploy())).toBe("cloudflare");
    expect(await runtimeOf(await deploy(undefined, { runtime: "embedded" }))).toBe("embedded");
    expect(await runtimeOf(await deploy("agentcore")), "asked for").toBe("agentcore");
    await updateAgent(services, scope, { agentId, preferredRuntime: null });
    expect(await runtimeOf(await deploy())).toBe("embedded");
  });

  it("cannot be preferred when it is not offered or not in the plan", async () => {
    await expect(updateAgent(services, scope, { agentId, preferredRuntime: "vps" })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
    await setTier("free");
    await expect(updateAgent(services, scope, { agentId, preferredRuntime: "agentcore" })).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
      details: { limitType: "runtime" },
    });
  });
});

describe("what a plan does not include", () => {
  it.each(["memory", "codeInterpreter", "browser"])(
    "AgentCore's %s is refused at deploy and again at activation",
    async (wish) => {
      const manifest = { runtime: "agentcore", agentcore: { [wish]: true } };
      const first = await deploy(undefined, manifest);
      await deploy(undefined, { runtime: "embedded" });
      const changes = JSON.stringify({ runtimes: ["embedded", "agentcore"] });
      const override = { workspaceId: scope.workspaceId, changes, reason: "a test", setBy: scope.principal.userId };
      await setTier("starter");
      await services.owner
        .insertInto("planOverrides")
        .values({ ...override, setAt: services.clock.now() })
        .execute();
      const refusal = { code: "LIMIT_EXCEEDED", details: { limitType: "agentcore_capability" } };
      await expect(deploy(undefined, manifest)).rejects.toMatchObject(refusal);
      await expect(activateDeployment(services, scope, first)).rejects.toMatchObject(refusal);
      expect(await runtimeOf(await deploy(undefined, { runtime: "agentcore" })), "without it").toBe("agentcore");
    },
  );

  it("a manifest that claims one runtime and needs what only another has is refused as it is uploaded", async () => {
    const manifest = { runtime: ["embedded", "agentcore"], agentcore: { browser: true, memory: false } };
    await expect(upload(manifest)).rejects.toThrow(
      /agentcore.browser: Only agentcore has this, and the bundle claims embedded as well/,
    );
    await expect(upload({ runtime: "embedded", cloudflare: {} })).rejects.toThrow(/"cloudflare" needs the runtime "cloudflare"/);
  });
});

describe("a move to another runtime", () => {
  it("is a deployment of the same bundle that goes live once it was probed, and the way back is activating what was live", async () => {
    const first = await deploy();
    const before = await getDeployment(services, scope, first);
    const moved = await moveAgent(services, scope, { agentId, runtime: "cloudflare" });
    expect(await live(), "until it was probed").toMatchObject({ activeDeploymentId: first });
    await run(moved.deploymentId);
    expect(await live()).toEqual({ activeDeploymentId: moved.deploymentId, runtime: "cloudflare" });
    expect(await getDeployment(services, scope, moved.deploymentId)).toMatchObject({
      bundleSha256: before.bundleSha256,
      version: 2,
    });
    const target = { deploymentId: moved.deploymentId, agentId, workspaceId: scope.workspaceId };
    const answer = await fakes.cloudflare.invoke(target, invocationOf("hello"), { signal: new AbortController().signal });
    expect(answer.output.text).toContain("hello");
    expect(fakes.embedded.placed.has(first), "stays where it was").toBe(true);
    await activateDeployment(services, scope, first);
    expect(await live()).toEqual({ activeDeploymentId: first, runtime: "embedded" });
    const audited = await services.owner
      .selectFrom("auditEntries")
      .select("metadata")
      .where("action", "=", "agent.move")
      .execute();
    expect(audited).toEqual([{ metadata: { from: "embedded", to: "cloudflare", fromVersion: 1, version: 2 } }]);
  });

  it("that fails its probe leaves what was live alone, and nothing behind", async () => {
    const first = await deploy();
    fakes.agentcore.activate = () => Promise.reject(new Error("no capacity"));
    const moved = await moveAgent(services, scope, { agentId, runtime: "agentcore" });
    await run(moved.deploymentId).catch(() => undefined);
    expect(await live()).toEqual({ activeDeploymentId: first, runtime: "embedded" });
  });

  it("takes later versions along", async () => {
    await deploy();
    await run((await moveAgent(services, scope, { agentId, runtime: "cloudflare" })).deploymentId);
    expect(await runtimeOf(await deploy())).toBe("cloudflare");
  });

  it("is refused where it runs already, where nothing is live, and where the bundle, the installation or the plan say no", async () => {
    await expect(moveAgent(services, scope, { agentId, runtime: "cloudflare" })).rejects.toMatchObject({
      details: { reason: "not_deployed" },
    });
    await deploy(undefined, { runtime: ["embedded", "agentcore", "vps"] });
    await expect(moveAgent(services, scope, { agentId, runtime: "embedded" })).rejects.toMatchObject({
      details: { reason: "same_runtime" },
    });
    await expect(moveAgent(services, scope, { agentId, runtime: "cloudflare" })).rejects.toThrow(/does not claim the runtime/);
    await expect(moveAgent(services, scope, { agentId, runtime: "vps" })).rejects.toThrow(/This installation offers/);
    await setTier("free");
    await expect(moveAgent(services, scope, { agentId, runtime: "agentcore" })).rejects.toThrow(
      /free plan does not include the runtime/,
    );
    expect((await getAgent(services, scope, agentId)).preferredRuntime, "a refused move changes nothing").toBeNull();
  });
});

describe("the dry run of a move", () => {
  it("tells what would change and writes nothing", async () => {
    const first = await deploy();
    const { userId } = await services.owner.selectFrom("deployments").select("ownerUserId as userId").executeTakeFirstOrThrow();
    const used = { requests: 1_000, llmTokens: 2_000, computeMs: 30_000 };
    const hour = new Date(Math.floor(services.clock.now().getTime() / 3_600_000) * 3_600_000);
    const whose = { workspaceId: scope.workspaceId, agentId, deploymentId: first, runtimeProvider: "embedded" as const };
    await services.owner
      .insertInto("usageHours")
      .values({ ...whose, hour, ...used })
      .execute();
    const session = { id: "ses_1", workspaceId: scope.workspaceId, agentId, deploymentId: first, principal: `user:${userId}` };
    await services.owner
      .insertInto("agentSessions")
      .values({ ...session, lastUsedAt: services.clock.now() })
      .execute();
    const rows = await countRows();
    const plan = await planMove(services, scope, { agentId, runtime: "agentcore" });
    expect(plan).toMatchObject({
      from: "embedded",
      to: "agentcore",
      version: 2,
      isAllowed: true,
      rollback: { deploymentId: first, version: 1 },
      sessions: { open: 1, afterwards: "stay" },
      cost: { ...used, nowUsd: fakes.embedded.estimateCost(used), thenUsd: fakes.agentcore.estimateCost(used) },
    });
    expect(await countRows()).toBe(rows);
    expect(await live()).toEqual({ activeDeploymentId: first, runtime: "embedded" });
  });

  it("says of a plan that does not include the runtime what the act would say", async () => {
    await deploy();
    await setTier("free");
    const plan = await planMove(services, scope, { agentId, runtime: "agentcore" });
    expect(plan).toMatchObject({ isAllowed: false, refusals: [{ code: "LIMIT_EXCEEDED", limitType: "runtime" }] });
    const act = await moveAgent(services, scope, { agentId, runtime: "agentcore" }).catch((error: Error) => error.message);
    expect(act).toBe(plan.refusals[0]?.message);
  });

  it("of a deployment follows the agent's preference", async () => {
    await updateAgent(services, scope, { agentId, preferredRuntime: "agentcore" });
    const { uploadId } = await upload();
    expect((await planDeployment(services, scope, { agentId, uploadId, activate: true })).runtime).toBe("agentcore");
  });
});
