// What the simulator foretells is what every door then does: for random workspaces, on the real rows, through the real verbs (AHEAD 15).
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Runtime } from "~/db/tables/deployments";
import { createAgent } from "~/server/agents/create-agent";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { newApiKey } from "~/server/auth/api-key-format";
import { proveApiKey } from "~/server/auth/prove-api-key";
import { Manifest } from "~/server/bundles/manifest.contract";
import { activateDeployment } from "~/server/deployments/activate-deployment";
import { AppError } from "~/server/errors";
import { newId } from "~/server/ids";
import { admitCall } from "~/server/invocations/admit-call";
import { createGateway, type Gateway } from "~/server/invocations/gateway";
import { sha256Hex } from "~/server/sha256";
import {
  addTestMember,
  createTestAgent,
  createTestDeployment,
  createTestManifest,
  createTestTenant,
  createTestUser,
  principalOf,
  scopeOf,
} from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { overridePlan } from "./override-plan";
import { simulateTier } from "./simulate-tier";

let services: TestServices;
let gateway: Gateway;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  gateway = createGateway(services);
});

const manifest = Manifest.parse(createTestManifest());

type Story = {
  agents: (Runtime | null)[];
  versions: number;
  members: number;
  keys: number;
  usedUp: boolean;
  limits: { agentsMax: number; membersMax: number; keysMax: number; deploymentsKeptMax: number };
};

const size = fc.integer({ min: 1, max: 4 });
const stories: fc.Arbitrary<Story> = fc.record({
  agents: fc.array(fc.constantFrom("embedded" as const, "agentcore" as const, null), { minLength: 1, maxLength: 5 }),
  versions: fc.integer({ min: 0, max: 4 }),
  members: fc.integer({ min: 0, max: 4 }),
  keys: fc.integer({ min: 0, max: 5 }),
  usedUp: fc.boolean(),
  limits: fc.record({ agentsMax: size, membersMax: size, keysMax: size, deploymentsKeptMax: size }),
});

const limitOf = (act: Promise<unknown>): Promise<string | null> =>
  act.then(
    () => null,
    (error: unknown) => (error instanceof AppError && error.code === "LIMIT_EXCEEDED" ? (error.details.limitType ?? "") : null),
  );

async function grow(story: Story) {
  const tenant = await createTestTenant(services);
  const { workspace, user } = tenant;
  const agents = [];
  for (const runtime of story.agents) {
    const agent = await createTestAgent(services, workspace);
    agents.push(agent);
    if (runtime === null) continue;
    const { id } = await createTestDeployment(services, { ...agent, owner: user }, { version: 20, manifest });
    await services.owner.updateTable("deployments").set({ runtime }).where("id", "=", id).execute();
  }
  const [first] = agents;
  const versions: string[] = [];
  for (let version = 1; first && version <= story.versions; version += 1) {
    const options = { version, status: "superseded" as const, manifest };
    versions.push((await createTestDeployment(services, { ...first, owner: user }, options)).id);
  }
  const members = [user];
  for (let place = 0; place < story.members; place += 1) {
    const person = await createTestUser(services);
    await addTestMember(services, workspace, person, "member");
    members.push(person);
  }
  const keys = [];
  for (let place = 0; place < story.keys; place += 1) keys.push(await growKey(workspace.id, user.id));
  if (story.usedUp && first) await useUp(workspace.id, first.id);
  return { ...tenant, agents, versions, members, keys };
}

async function growKey(workspaceId: string, createdBy: string) {
  const [id, apiKey] = [newId("apiKey"), newApiKey()];
  const row = { id, workspaceId, createdBy, name: "key", preset: "all" as const, prefix: "whs_", secretHash: sha256Hex(apiKey) };
  await services.owner.insertInto("apiKeys").values(row).execute();
  return { keyId: id, apiKey };
}

async function useUp(workspaceId: string, agentId: string): Promise<void> {
  const hour = new Date(Math.floor(services.clock.now().getTime() / 3_600_000) * 3_600_000);
  const counts = { requests: 1, llmTokens: 1, computeMs: 1, toolCalls: 0, errors: 0, events: 1, costUsdEstimated: 0 };
  const place = { workspaceId, agentId, deploymentId: newId("deployment"), runtimeProvider: "embedded" as const, hour };
  await services.owner
    .insertInto("usageHours")
    .values({ ...place, ...counts })
    .execute();
}

type Grown = Awaited<ReturnType<typeof grow>>;

function call(grown: Grown, agentId: string) {
  return admitCall(gateway, {
    principal: principalOf(grown.user),
    agentId,
    workspaceId: null,
    deploymentId: null,
    body: Buffer.from(JSON.stringify({ input: { prompt: "hello" } })),
    traceId: newId("trace"),
    ipAddress: null,
  }).then(({ place }) => place.release());
}

/** What each door says, by the id of what was tried. */
async function enforce(grown: Grown) {
  const { workspace, scope } = grown;
  const by = async <Thing>(things: Thing[], idOf: (thing: Thing) => string, act: (thing: Thing) => Promise<unknown>) => {
    const refused: [string, string][] = [];
    for (const thing of things) {
      const limitType = await limitOf(act(thing));
      if (limitType !== null) refused.push([idOf(thing), limitType]);
    }
    return refused.sort();
  };
  return {
    agents: await by(
      grown.agents,
      ({ id }) => id,
      ({ id }) => call(grown, id),
    ),
    members: await by(
      grown.members,
      ({ id }) => id,
      (person) => scopeOf(services, person, workspace),
    ),
    keys: await by(
      grown.keys,
      ({ keyId }) => keyId,
      ({ apiKey }) => proveApiKey(services, apiKey),
    ),
    deployments: await by(
      grown.versions,
      (id) => id,
      (id) => activateDeployment(services, scope, id),
    ),
  };
}

describe("a workspace whose limits shrink", () => {
  it("loses exactly what the simulator named, for random states", async () => {
    const operator = await createTestUser(services, { isSuperAdmin: true });
    const by = { operator: principalOf(operator), visitor: { traceId: "trc_1", ipAddress: null, userAgent: null } };
    await fc.assert(
      fc.asyncProperty(stories, async (story) => {
        const grown = await grow(story);
        const workspaceId = grown.workspace.id;
        const changes = { ...story.limits, ...(story.usedUp ? { requestsMax: 1 } : {}) };
        await overridePlan(services, by, { workspaceId, changes, reason: "a smaller plan" });
        const foretold = await simulateTier(services, grown.scope, "free");
        const ids = (things: { limitType: string }[], name: string) =>
          things.map((thing) => [(thing as unknown as Record<string, string>)[name], thing.limitType]).sort();
        const done = await enforce(grown);
        if (foretold.calls) expect(done.agents.map(([, limitType]) => limitType)).toEqual(grown.agents.map(() => foretold.calls));
        else expect(done.agents).toEqual(ids(foretold.agents, "agentId"));
        expect(done.members).toEqual(ids(foretold.members, "userId"));
        expect(done.keys).toEqual(ids(foretold.keys, "keyId"));
        expect(done.deployments).toEqual(ids(foretold.deployments, "deploymentId"));
        const agent = createAgent(services, grown.scope, {
          name: `one-more-${newId("agent").slice(-8).toLowerCase()}`,
          description: "",
        });
        expect((await limitOf(agent)) !== null).toBe(foretold.full.includes("agents"));
        const key = createApiKey(services, grown.scope, { name: "one more", preset: "read", expiresInDays: null });
        expect((await limitOf(key)) !== null).toBe(foretold.full.includes("keys"));
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});
