// Agents: names are unique among the living, plans are kept exactly, and every act is audited and announced.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { AppError } from "~/server/errors";
import { plans } from "~/server/plans/plans";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { agentStatusOf } from "./agent-status";
import { createAgent } from "./create-agent";
import { deleteAgent } from "./delete-agent";
import { disableAgent, enableAgent } from "./disable-agent";
import { getAgent } from "./get-agent";
import { listAgents } from "./list-agents";
import { updateAgent } from "./update-agent";

let services: TestServices;
let scope: WorkspaceScope;
let other: WorkspaceScope;

beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  scope = (await createTestTenant(services)).scope;
  other = (await createTestTenant(services)).scope;
});

const create = (name: string, description = "") => createAgent(services, scope, { name, description });
const actions = async () =>
  (await services.owner.selectFrom("auditEntries").select("action").orderBy("seq").execute()).map((entry) => entry.action);

describe("an agent", () => {
  it("is created, read, renamed, disabled, enabled and deleted, each act audited", async () => {
    const { agentId } = await create("bot", "does things");
    expect(await getAgent(services, scope, agentId)).toMatchObject({
      name: "bot",
      status: "created",
      ownerUserId: scope.principal.userId,
    });
    expect(await updateAgent(services, scope, { agentId, name: "robot" })).toMatchObject({
      name: "robot",
      description: "does things",
    });
    expect((await disableAgent(services, scope, agentId)).status).toBe("disabled");
    await disableAgent(services, scope, agentId);
    expect((await enableAgent(services, scope, agentId)).status).toBe("created");
    await deleteAgent(services, scope, agentId);
    expect(await actions()).toEqual(["agent.create", "agent.update", "agent.disable", "agent.enable", "agent.delete"]);
    expect(services.queue.rung.map((ring) => [ring.name, ring.key])).toEqual([["agent-purge", agentId]]);
  });

  it("has a name of its own among the living ones of its workspace, also under races", async () => {
    const racers = await Promise.allSettled(Array.from({ length: 8 }, () => create("bot")));
    expect(racers.filter((racer) => racer.status === "fulfilled")).toHaveLength(1);
    for (const racer of racers) if (racer.status === "rejected") expect(racer.reason.details.reason).toBe("agent_name_taken");
    await createAgent(services, other, { name: "bot", description: "" });
    const second = await create("second");
    await expect(updateAgent(services, scope, { agentId: second.agentId, name: "bot" })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    const [first] = (await listAgents(services, scope, { limit: 25, search: "bot" })).items;
    await deleteAgent(services, scope, first?.agentId ?? "");
    expect((await create("bot")).name).toBe("bot");
  });

  it("is not made beyond what the plan holds, not even by racing callers", async () => {
    const limit = plans.free.agentsMax;
    const racers = await Promise.allSettled(Array.from({ length: limit + 4 }, (_, index) => create(`bot-${index}`)));
    expect(racers.filter((racer) => racer.status === "fulfilled")).toHaveLength(limit);
    const error: AppError = await create("one-more").catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "LIMIT_EXCEEDED", details: { limitType: "agents", current: limit, limit } });
  });

  it("of another workspace looks missing to every verb", async () => {
    const { agentId } = await create("bot");
    const foreign = [
      () => getAgent(services, other, agentId),
      () => updateAgent(services, other, { agentId, name: "mine" }),
      () => disableAgent(services, other, agentId),
      () => enableAgent(services, other, agentId),
      () => deleteAgent(services, other, agentId),
    ];
    const missing = await getAgent(services, other, "agt_01JD0000000000000000000000").catch((error: AppError) => error.message);
    for (const attempt of foreign) await expect(attempt()).rejects.toMatchObject({ code: "NOT_FOUND", message: missing });
    expect((await listAgents(services, other, { limit: 25 })).items).toEqual([]);
    expect((await getAgent(services, scope, agentId)).name).toBe("bot");
  });

  it("is found by a part of its name or description, and wild cards are plain letters", async () => {
    await create("support-bot", "answers letters");
    await create("sales-bot", "100% friendly");
    const search = async (text: string) =>
      (await listAgents(services, scope, { limit: 25, search: text })).items.map((item) => item.name);
    expect(await search("SUPPORT")).toEqual(["support-bot"]);
    expect(await search("letters")).toEqual(["support-bot"]);
    expect(await search("%")).toEqual(["sales-bot"]);
    expect(await search("_")).toEqual([]);
  });

  it("is listed newest first, in pages that miss none and repeat none", async () => {
    for (let index = 0; index < 7; index += 1) await create(`bot-${index}`);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listAgents(services, scope, { limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items.map((item) => item.agentId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(7);
    expect(seen).toEqual([...seen].sort().reverse());
  });
});

describe("its status", () => {
  const nothing = { disabledAt: null, activeDeploymentId: null, hasUnfinishedDeployment: false, newestDeploymentStatus: null };
  it.each([
    ["created", nothing],
    ["deploying", { ...nothing, hasUnfinishedDeployment: true, activeDeploymentId: "dep_1" }],
    ["active", { ...nothing, activeDeploymentId: "dep_1", newestDeploymentStatus: "failed" as const }],
    ["error", { ...nothing, newestDeploymentStatus: "failed" as const }],
    ["created", { ...nothing, newestDeploymentStatus: "ready" as const }],
    ["disabled", { ...nothing, disabledAt: new Date(), hasUnfinishedDeployment: true }],
  ])("is %s", (status, facts) => {
    expect(agentStatusOf(facts)).toBe(status);
  });
});
