// Kept conversations: off until switched on, sealed, bounded, read by few and never unnoticed, gone when their time or their people say so.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startWeb, type Web } from "~/server/http/start-web";
import { newId } from "~/server/ids";
import { inspectSession } from "~/server/invocations/inspect-session";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { sealedStores } from "~/server/rotation/sealed-stores";
import { type Calling, callAgent } from "~/server/testing/call-agent";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { clampKeeping } from "./clamp-keeping";
import { ConversationKeeper } from "./conversation-keeper";
import { turnBytesMax } from "./cut-turn";
import { deleteConversations } from "./delete-conversations";
import { keepConversations } from "./keep-conversations";
import { readConversation } from "./read-conversation";
import { readKeeping } from "./read-keeping";
import { stopKeeping } from "./stop-keeping";
import { sweepConversations } from "./sweep-conversations";

const dayMs = 86_400_000;
const words = "the words that were said";

let services: TestServices;
let provider: FakeProvider;
let web: Web;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let agent: LiveAgent;

beforeAll(async () => {
  provider = createFakeProvider();
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services);
  agent = await createLiveAgent(services, tenant, provider);
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterEach(() => web.drain());

const keep = (keepDays?: number) =>
  keepConversations(services, tenant.scope, { agentId: agent.agentId, ...(keepDays ? { keepDays } : {}) });
const stop = (deletesKept: boolean) => stopKeeping(services, tenant.scope, { agentId: agent.agentId, deletesKept });
const read = (sessionId: string, of = tenant) =>
  readConversation(services, of.scope, { agentId: agent.agentId, sessionId, limit: 25 });

/** Says something, and answers the session. */
async function say(prompt = words, calling: Calling & { sessionId?: string } = {}): Promise<string> {
  const { sessionId, ...rest } = calling;
  const answer = await callAgent(web.url, agent, { body: { input: { prompt }, ...(sessionId ? { sessionId } : {}) }, ...rest });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return /"sessionId":"(ses_[^"]+)"/.exec(text)?.[1] ?? "";
}

/** Everything that waits to be written is. */
const settled = () => web.drain();

async function everyRow(): Promise<string> {
  const turns = await services.owner.selectFrom("conversationTurns").selectAll().execute();
  const rest = await Promise.all([
    services.owner.selectFrom("invocations").selectAll().execute(),
    services.owner.selectFrom("auditEntries").selectAll().execute(),
    services.owner.selectFrom("agentSessions").selectAll().execute(),
  ]);
  return JSON.stringify([turns.map((turn) => ({ ...turn, sealedTurn: turn.sealedTurn.toString("latin1") })), rest]);
}

const acts = async () =>
  (await services.owner.selectFrom("auditEntries").select("action").orderBy("seq").execute())
    .map(({ action }) => action)
    .filter((action) => action.startsWith("conversation."));

describe("the switch", () => {
  it("is off until somebody turns it on: nothing that was said is anywhere", async () => {
    const session = await say();
    await settled();
    expect(await services.owner.selectFrom("conversationTurns").selectAll().execute()).toEqual([]);
    expect(await everyRow()).not.toContain(words);
    expect(await readKeeping(services, tenant.scope, agent.agentId)).toMatchObject({ isOn: false, keepDays: null, turnsKept: 0 });
    expect((await read(session)).items).toEqual([]);
  });

  it("keeps whole answers and streams alike, sealed, with what was asked", async () => {
    await keep(7);
    const whole = await say("apples, please");
    await say("and pears", { sessionId: whole });
    const streamed = await say("and plums", { path: "/stream" });
    await settled();
    const kept = await everyRow();
    for (const word of ["apples", "pears", "plums"]) expect(kept).not.toContain(word);
    expect((await read(whole)).items).toMatchObject([
      {
        messages: [{ role: "user", content: "apples, please" }],
        answer: "echo: apples, please",
        outcome: "ok",
        isCut: false,
        isUnreadable: false,
      },
      { messages: [{ role: "user", content: "and pears" }], answer: "echo: and pears" },
    ]);
    expect((await read(streamed)).items).toMatchObject([{ messages: [{ content: "and plums" }], answer: "echo: and plums" }]);
  });

  it("keeps nothing of a call that was under way when it was turned off, nor of one that began before it was turned on", async () => {
    await keep();
    await say("kept");
    await settled();
    await stop(true);
    // The gateway that answered still believed that it was on.
    await services.owner.deleteFrom("conversationTurns").execute();
    const turn = { ...place(), sessionId: newId("agentSession"), traceId: newId("trace"), startedAt: services.clock.now() };
    const keeper = new ConversationKeeper(services);
    keeper.keep({ ...turn, ...said });
    await keeper.drain();
    await keep();
    keeper.keep({ ...turn, ...said, startedAt: new Date(services.clock.now().getTime() - 1) });
    await keeper.drain();
    expect(await services.owner.selectFrom("conversationTurns").selectAll().execute()).toEqual([]);
    keeper.keep({ ...turn, ...said });
    await keeper.drain();
    expect(await services.owner.selectFrom("conversationTurns").selectAll().execute()).toHaveLength(1);
  });

  it("is audited each time it is turned, once", async () => {
    await keep(7);
    await keep(7);
    await keep(3);
    await stop(false);
    await stop(false);
    expect(await acts()).toEqual(["conversation.keep", "conversation.keep", "conversation.stop"]);
  });

  it("comes down to what the plan keeps when that is less by now, with what is kept already, and says so", async () => {
    const onTier = (tier: "pro" | "free") =>
      services.owner.updateTable("workspaces").set({ tier }).where("id", "=", tenant.workspace.id).execute();
    await onTier("pro");
    const second = await createLiveAgent(services, tenant, null);
    await keep(180);
    await keepConversations(services, tenant.scope, { agentId: second.agentId, keepDays: 20 });
    await say();
    await settled();
    expect(await clampKeeping(services, { pageRows: 1 })).toBe(0);
    await onTier("free");
    const clamped = await Promise.all([1, 2].map(() => clampKeeping(services, { pageRows: 1 })));
    expect(clamped.reduce((sum, count) => sum + count, 0)).toBe(1);
    const daysOf = async (agentId: string) => (await readKeeping(services, tenant.scope, agentId)).keepDays;
    expect([await daysOf(agent.agentId), await daysOf(second.agentId)]).toEqual([30, 20]);
    const [turn] = await services.owner.selectFrom("conversationTurns").select(["startedAt", "expiresAt"]).execute();
    expect(turn?.expiresAt.getTime()).toBe((turn?.startedAt.getTime() ?? 0) + 30 * dayMs);
    const audited = services.owner.selectFrom("auditEntries").select("metadata").where("actorKind", "=", "system");
    expect(await audited.where("action", "=", "conversation.keep").execute()).toEqual([
      { metadata: { days: 30, daysBefore: 180, reason: "plan" } },
    ]);
  });

  it("keeps no longer than the plan, and says so", async () => {
    const { keepDaysMax } = await readKeeping(services, tenant.scope, agent.agentId);
    await expect(keep(keepDaysMax + 1)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED", details: { limit: keepDaysMax } });
    expect(await keep()).toMatchObject({ isOn: true, keepDays: keepDaysMax });
  });

  const said = {
    messages: [{ role: "user" as const, content: words }],
    answer: words,
    isAnswerCut: false,
    outcome: "ok" as const,
  };
  const place = () => ({
    workspaceId: agent.workspaceId,
    agentId: agent.agentId,
    deploymentId: agent.deploymentId,
    principal: `user:${tenant.user.id}`,
  });
});

describe("what was kept", () => {
  it("goes when its time has run out, sooner when the time was made shorter", async () => {
    await keep(7);
    const session = await say();
    await settled();
    services.clock.advance(2 * dayMs);
    expect(await sweepConversations(services)).toBe(0);
    await keep(1);
    expect((await read(session)).items).toEqual([]);
    expect(await sweepConversations(services)).toBe(1);
  });

  it("stays or goes with the switch, as was asked, and goes when it is told to", async () => {
    await keep();
    const [one, other] = [await say(), await say()];
    await settled();
    expect(await stop(false)).toMatchObject({ isOn: false, turnsKept: 2 });
    expect(await deleteConversations(services, tenant.scope, { agentId: agent.agentId, sessionId: one })).toEqual({
      turnsDeleted: 1,
    });
    expect((await read(other)).items).toHaveLength(1);
    expect(await stop(true)).toMatchObject({ turnsKept: 0 });
    expect(await acts()).toEqual([
      "conversation.keep",
      "conversation.stop",
      "conversation.delete",
      "conversation.read",
      "conversation.stop",
    ]);
  });

  it("is bounded: a long turn is cut and says so", async () => {
    await keep();
    const session = await say("é\u0001".repeat(60_000));
    await settled();
    const [turn] = (await read(session)).items;
    expect(turn?.isCut).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(turn?.messages))).toBeLessThan(turnBytesMax + 200);
    const rows = await services.owner.selectFrom("conversationTurns").select("sealedTurn").execute();
    expect(rows[0]?.sealedTurn.length).toBeLessThan(2 * turnBytesMax + 1_000);
  });

  it("is nobody else's: another tenant finds neither the session nor the switch", async () => {
    await keep();
    const session = await say();
    await settled();
    const stranger = await createTestTenant(services);
    await expect(read(session, stranger)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(readKeeping(services, stranger.scope, agent.agentId)).rejects.toMatchObject({ code: "NOT_FOUND" });
    const asked = { agentId: agent.agentId, sessionId: session };
    await expect(inspectSession(services, stranger.scope, asked)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(deleteConversations(services, stranger.scope, asked)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("opens in its own place only: a turn moved to another session is unreadable, and hides no other", async () => {
    await keep();
    const [one, other] = [await say("moved"), await say("own")];
    await settled();
    await services.owner.updateTable("conversationTurns").set({ sessionId: other }).where("sessionId", "=", one).execute();
    const { items } = await read(other);
    expect(items.map(({ isUnreadable, answer }) => [isUnreadable, answer])).toEqual([
      [true, ""],
      [false, "echo: own"],
    ]);
  });

  it("is among what a new data key seals anew", async () => {
    await keep();
    const session = await say();
    await settled();
    const store = sealedStores.find(({ column }) => column === "conversationTurns.sealedTurn");
    const [item] = (await store?.list(services.across, { workspaceId: agent.workspaceId, behind: null, limit: 10 })) ?? [];
    if (!item) throw new Error("The turn is not in the store.");
    await services.vault.renewDataKey(agent.workspaceId, async () => undefined);
    const resealed = await services.vault.reseal(item.place, item.sealed);
    expect(resealed).toBeInstanceOf(Buffer);
    expect(await item.replace(services.across, resealed as Buffer)).toBe(true);
    expect(await item.replace(services.across, resealed as Buffer)).toBe(false);
    expect((await read(session)).items).toMatchObject([{ answer: `echo: ${words}` }]);
  });
});

describe("an inspected session", () => {
  it("tells whose it is, where it runs and what it cost, and that its words are kept; after it was closed too", async () => {
    await keep(7);
    const sessionId = await say();
    await say("again", { sessionId });
    await settled();
    const asked = { agentId: agent.agentId, sessionId };
    const facts = {
      state: "open",
      deploymentId: agent.deploymentId,
      version: 1,
      principal: { kind: "api_key", name: "test" },
      calls: { total: 2, ok: 2, failed: 0, aborted: 0 },
      conversation: { isKept: true, turnsKept: 2, keptUntil: expect.any(Date) },
    };
    expect(await inspectSession(services, tenant.scope, asked)).toMatchObject(facts);
    await services.owner.deleteFrom("agentSessions").execute();
    expect(await inspectSession(services, tenant.scope, asked)).toMatchObject({ ...facts, state: "closed" });
    expect(JSON.stringify(await inspectSession(services, tenant.scope, asked))).not.toContain(words);
  });
});
