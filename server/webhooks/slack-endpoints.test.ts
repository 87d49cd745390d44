// A channel of Slack gets what endpoints get, as messages; its address is a secret that nothing shows, and Slack's answers are understood.
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { WebhookEvent } from "~/db/tables/webhooks";
import { inTransaction } from "~/db/transaction";
import { readAlerts } from "~/server/alerts/read-alerts";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { beginPeriodAcrossWorkspaces } from "~/server/budgets/budgets.queries";
import { tellOfBudgets } from "~/server/budgets/tell-of-budgets";
import { periodOf } from "~/server/plans/period-of";
import { createTestTenant } from "~/server/testing/factories";
import { openDoors } from "~/server/testing/open-doors";
import { overrideLimits } from "~/server/testing/override-limits";
import { answerAsSlack, readMessage } from "~/server/testing/slack-stand-in";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { resetReceiver, startWebhookReceiver, type WebhookReceiver } from "~/server/testing/webhook-receiver";
import { addWebhookSecret } from "./add-webhook-secret";
import { announceEvent } from "./announce-event";
import { approveHost } from "./approve-host";
import { createSlackWebhook } from "./create-slack-webhook";
import { createWebhook } from "./create-webhook";
import { deliverWebhook } from "./deliver-webhook";
import { getWebhook } from "./get-webhook";
import { listDeliveries } from "./list-deliveries";
import { listWebhooks } from "./list-webhooks";
import { replayDelivery } from "./replay-delivery";
import { sweepWebhooks } from "./sweep-webhooks";
import { testWebhook } from "./test-webhook";
import { withdrawHost } from "./withdraw-host";

const secondMs = 1_000;
const path = "/services/T0CANARY/B0CANARY/canarycanarycanary1234";
let slack: WebhookReceiver;
let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let made: { endpointId: string };

beforeAll(async () => {
  slack = await startWebhookReceiver();
  services = await createTestServices({ config: { network: slack.network, slackHosts: [slack.host] } });
});
afterAll(async () => {
  await services.dispose();
  await slack.close();
});
beforeEach(async () => {
  await services.reset();
  resetReceiver(slack);
  slack.answer = answerAsSlack;
  services.clock.set(new Date());
  tenant = await createTestTenant(services);
  await approveHost(services, tenant.scope, { host: slack.host });
  made = await create();
});

function create(events: WebhookEvent[] = ["budget.reached"], url = `https://${slack.host}${path}`) {
  return createSlackWebhook(services, tenant.scope, { url, description: "#incidents", events });
}

function announce(): Promise<void> {
  const facts = { metric: "requests", percent: 80, spent: 8, limit: 10 };
  const event = { workspaceId: tenant.workspace.id, type: "budget.reached" as const, facts };
  return inTransaction(services.across, (tx) => announceEvent(services, tx, event));
}

/** Does what was rung for, as the worker would. */
async function deliverRung(): Promise<void> {
  const rung = services.queue.rung.splice(0).filter(({ name }) => name === "webhook-deliver");
  for (const { payload } of rung) await deliverWebhook(services, { deliveryId: payload["deliveryId"] ?? "" });
}

async function sweepAndDeliver(): Promise<void> {
  services.queue.rung.length = 0;
  await sweepWebhooks(services);
  await deliverRung();
}

async function announceAndDeliver(): Promise<void> {
  await announce();
  await deliverRung();
}

/** As the meter writes it down. */
async function spendRequests(requestsSpent: number, requestsMax: number): Promise<void> {
  await overrideLimits(services, tenant.workspace, { requestsMax });
  const { id: workspaceId } = tenant.workspace;
  const now = services.clock.now();
  const { from: periodFrom, to: periodTo } = periodOf({ periodStartsAt: null, periodEndsAt: null }, now);
  await beginPeriodAcrossWorkspaces(services.across, { workspaceId, periodFrom, periodTo, now });
  await services.owner.updateTable("budgetPeriods").set({ requestsSpent }).where("workspaceId", "=", workspaceId).execute();
}

const log = async () => (await listDeliveries(services, tenant.scope, { ...made, limit: 25 })).items;
const endpoint = () => getWebhook(services, tenant.scope, made);

describe("a channel of Slack", () => {
  it("is told of a budget as the worker finds it, in words and unsigned", async () => {
    await spendRequests(8, 10);
    await tellOfBudgets(services);
    await deliverRung();
    expect(slack.received).toHaveLength(1);
    const [message] = slack.received;
    expect(message?.path).toBe(path);
    expect(Object.keys(message?.headers ?? {}).filter((name) => name.startsWith("webhook-"))).toEqual([]);
    const { text, shown } = readMessage(message);
    expect(text).toContain("80 % of the budget of requests are used");
    expect(shown.join("\n")).toContain("8 of 10 requests of this period are used.");
    expect(await log()).toMatchObject([{ status: "delivered", answeredStatus: 200, answeredWord: null, trouble: null }]);
  });

  it("takes a test message, and a replay", async () => {
    await testWebhook(services, tenant.scope, made);
    await deliverRung();
    const [first] = await log();
    await replayDelivery(services, tenant.scope, { deliveryId: first?.deliveryId ?? "" });
    await deliverRung();
    const [one, other] = slack.received;
    expect(readMessage(one).text).toContain("A test from webhost.systems");
    expect(other?.body).toBe(one?.body);
    expect(await log()).toMatchObject([{ status: "delivered", isReplay: true }, { status: "delivered" }]);
  });

  it("has an address that nothing shows: no row, no answer, no audit entry, no refusal", async () => {
    await announceAndDeliver();
    await expect(create(["budget.reached"], `https://${slack.host}${path}/more`)).rejects.toThrow();
    const { rows } = await sql<{ text: string }>`
      select to_jsonb(e)::text as text from webhook_endpoints e
      union all select to_jsonb(d)::text from webhook_deliveries d
      union all select to_jsonb(a)::text from audit_entries a`.execute(services.owner);
    const answers = JSON.stringify([await endpoint(), await listWebhooks(services, tenant.scope), await log(), made]);
    expect(answers).toContain(`https://${slack.host}/…1234`);
    expect(`${rows.map(({ text }) => text).join("\n")}${answers}`).not.toMatch(/CANARY|canary/);
  });

  it("has no secret to sign with, and gets none", async () => {
    expect(await endpoint()).toMatchObject({ kind: "slack", secrets: [] });
    const details = { reason: "slack_has_no_secrets" };
    await expect(addWebhookSecret(services, tenant.scope, made)).rejects.toMatchObject({ code: "CONFLICT", details });
  });

  it("is taken at an approved host alone, and gets nothing once that is withdrawn", async () => {
    await announce();
    await withdrawHost(services, tenant.scope, { host: slack.host });
    await deliverRung();
    expect(slack.received).toEqual([]);
    expect(await endpoint()).toMatchObject({ isOn: false, offReason: "host_withdrawn" });
    const details = { reason: "webhook_host_not_approved" };
    await expect(create()).rejects.toMatchObject({ code: "INVALID_REQUEST", details });
  });

  it("is not taken for a receiver that could check a signature", async () => {
    const url = `https://${slack.host}${path}`;
    const making = createWebhook(services, tenant.scope, { url, description: "", events: ["budget.reached"] });
    await expect(making).rejects.toMatchObject({ code: "INVALID_REQUEST", details: { reason: "webhook_url_of_slack" } });
  });

  it("is counted among the places that alerts go to while it is on, and is nobody else's", async () => {
    const { scope: stranger } = await createTestTenant(services);
    expect(await readAlerts(services, tenant.scope)).toMatchObject({ goesTo: { slackChannels: 1, signedWebhooks: 0 } });
    expect(await readAlerts(services, stranger)).toMatchObject({ goesTo: { slackChannels: 0, signedWebhooks: 0 } });
    await withdrawHost(services, tenant.scope, { host: slack.host });
    expect(await readAlerts(services, tenant.scope)).toMatchObject({ goesTo: { slackChannels: 0 } });
    await expect(getWebhook(services, stranger, made)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("is made once over REST however often the request is repeated, and no answer and no row holds its address", async () => {
    const { apiKey } = await createApiKey(services, tenant.scope, { name: "ci", preset: "all", expiresInDays: 30 });
    const doors = await openDoors(services, null);
    try {
      const headers = { authorization: `Bearer ${apiKey}`, "idempotency-key": "one" };
      const payload = { url: `https://${slack.host}${path}`, events: ["budget.reached"] };
      const post = () => doors.app.inject({ method: "POST", url: "/v1/webhooks/slack", headers, payload });
      const [first, again] = [await post(), await post()];
      expect([first.statusCode, again.statusCode, again.json()]).toEqual([200, 200, first.json()]);
      expect((await listWebhooks(services, tenant.scope)).items).toHaveLength(2);
      const { rows } = await sql<{ text: string }>`select to_jsonb(k)::text as text from idempotency_keys k`.execute(
        services.owner,
      );
      expect(`${first.body}${again.body}${JSON.stringify(rows)}`).not.toMatch(/CANARY|canary/);
    } finally {
      await doors.close();
    }
  });

  it("is never written down in plain, whoever writes", async () => {
    const plain = services.owner.updateTable("webhookEndpoints").set({ sealedUrl: null }).execute();
    await expect(plain).rejects.toThrow("webhook_endpoints_slack_sealed");
  });
});

describe("an answer of Slack", () => {
  it.each([
    [404, "no_service"],
    [404, "channel_not_found"],
    [410, "channel_is_archived"],
  ] as const)("%i %s switches the channel off at once, with one letter that says how to mend it", async (status, body) => {
    slack.answer = { status, body };
    await announceAndDeliver();
    expect(await endpoint()).toMatchObject({ isOn: false, offReason: "gone" });
    expect(await log()).toMatchObject([{ status: "failed", answeredStatus: status, answeredWord: body }]);
    expect(services.mailer.sent.map(({ to, subject }) => [to, subject])).toEqual([
      [tenant.user.email, "A Slack channel of Test workspace was switched off"],
    ]);
    expect(services.mailer.sent[0]?.text).toContain("Make an incoming webhook in Slack");
  });

  it.each([
    [403, "action_prohibited", "action_prohibited"],
    [400, "invalid_payload\n", "invalid_payload"],
    [403, "<b>anything a stranger may say</b>", null],
    [500, "x".repeat(64 * 1024), null],
  ])("%i is tried again, its word kept only if Slack documents it", async (status, body, answeredWord) => {
    slack.answer = { status, body };
    await announceAndDeliver();
    const trouble = "refused_by_receiver";
    expect(await log()).toMatchObject([{ status: "queued", trouble, answeredStatus: status, answeredWord }]);
    expect(await endpoint()).toMatchObject({ isOn: true });
    slack.answer = answerAsSlack;
    services.clock.advance(5 * secondMs);
    await sweepAndDeliver();
    expect(await log()).toMatchObject([{ status: "delivered", answeredStatus: 200, answeredWord: null, trouble: null }]);
  });

  it("429 is heeded: nothing before the time that it names", async () => {
    slack.answer = { status: 429, headers: { "retry-after": "30" }, body: "rate_limited" };
    await announceAndDeliver();
    slack.answer = answerAsSlack;
    services.clock.advance(30 * secondMs - 1);
    await sweepAndDeliver();
    expect(slack.received).toHaveLength(1);
    expect(await log()).toMatchObject([{ status: "queued", answeredStatus: 429, answeredWord: "rate_limited" }]);
    services.clock.advance(1);
    await sweepAndDeliver();
    expect(await log()).toMatchObject([{ status: "delivered", attempts: 2 }]);
  });
});
