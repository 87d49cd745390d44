// Each event becomes a message that Slack takes: what happened, how much, since when, one link; what people wrote stays text and calls nobody.
import { describe, expect, it } from "vitest";
import { type WebhookEvent, webhookEvents } from "~/db/tables/webhooks";
import { answerAsSlack } from "~/server/testing/slack-stand-in";
import { type EventFacts, eventPayload } from "./event-payload";
import { slackMessage } from "./slack-message";

const at = new Date("2026-11-23T10:05:00Z");
const place = { publicUrl: new URL("https://agents.example.com"), workspaceId: "wks_1", workspaceName: "Acme" };
const agent = { agentId: "agt_1", agentName: "support-bot", deploymentId: "dep_1", version: 7 };

function messageOf(type: WebhookEvent | "webhook.test", facts: EventFacts, workspaceName = "Acme") {
  return slackMessage(eventPayload({ type, at, workspaceId: "wks_1", facts }), { ...place, workspaceName });
}

function shownOf(...event: Parameters<typeof messageOf>): string[] {
  const [header, section, context] = messageOf(...event).blocks;
  const [when] = context.elements;
  return [header.text.text, section.text?.text ?? "", when && "text" in when ? String(when.text) : ""];
}

const answerTo = (message: object) => {
  const path = "/services/T0/B0/abcdefgh";
  return answerAsSlack({ path, headers: { "content-type": "application/json" }, body: JSON.stringify(message) });
};

describe("a message", () => {
  it("tells of an agent whose calls fail: which, how many, since when, and where to look", () => {
    const facts = { ...agent, calls: 40, failedCalls: 12, windowMinutes: 15 };
    expect(shownOf("agent.error_rate.raised", facts)).toEqual([
      "🔴 Calls of support-bot fail",
      "12 of 40 calls failed in the last 15 minutes.\n*<https://agents.example.com/w/wks_1/agents/agt_1/errors|See the errors>*",
      "Acme · since <!date^1795428300^{date_short_pretty}, {time}|2026-11-23 10:05 UTC>",
    ]);
    expect(messageOf("agent.error_rate.raised", facts)).toMatchObject({
      text: "🔴 Calls of support-bot fail (Acme). 12 of 40 calls failed in the last 15 minutes.",
      unfurl_links: false,
    });
  });

  it("tells of what is over from when to when it was", () => {
    const [title, , when] = shownOf("agent.error_rate.resolved", { ...agent, raisedAt: "2026-11-23T09:00:00.000Z" });
    expect(title).toBe("🟢 Calls of support-bot work again");
    expect(when).toMatch(/^Acme · from <!date\^1795424400\^.*> to <!date\^1795428300\^/);
  });

  it.each([
    [
      { metric: "requests", percent: 80, spent: 800, limit: 1_000 },
      "🟠 80 % of the budget of requests are used",
      "800 of 1,000 requests",
    ],
    [{ metric: "compute_ms", percent: 50, spent: 5_400_000, limit: 10_800_000 }, "🟠 50 %", "1.5 of 3 hours of compute"],
    [
      { metric: "tokens", percent: 100, spent: 2e6, limit: 2e6 },
      "🔴 The budget of tokens is used up",
      "Calls of agents are refused",
    ],
  ])("tells of a budget: %j", (facts, title, about) => {
    const [header = "", section = ""] = shownOf("budget.reached", facts);
    expect(header).toContain(title);
    expect(section).toContain(about);
    expect(section).toContain("<https://agents.example.com/w/wks_1/usage|Open Usage>");
  });

  it.each([...webhookEvents, "webhook.test" as const])("of %s is taken by Slack, whole and with every fact missing", (type) => {
    const numbers = {
      calls: 1,
      failedCalls: 1,
      windowMinutes: 15,
      percent: 80,
      spent: 1,
      limit: 2,
      expectedEvents: 9,
      receivedEvents: 1,
    };
    const whole = messageOf(type, {
      ...agent,
      ...numbers,
      metric: "requests",
      runtime: "embedded",
      failureCode: "INTERNAL",
      endpointId: "whe_1",
    });
    expect(JSON.stringify(whole)).not.toContain("?");
    for (const message of [whole, messageOf(type, {})]) expect(answerTo(message)).toEqual({ status: 200, body: "ok" });
    expect(JSON.stringify(whole.blocks[1])).toMatch(/<https:\/\/agents\.example\.com\/w\/wks_1[^|<>]*\|/);
  });

  it("of an event that only a newer release knows tells its name", () => {
    const payload = JSON.stringify({ type: "agent.on_fire", timestamp: at.toISOString(), data: { workspaceId: "wks_1" } });
    const message = slackMessage(payload, place);
    expect(message.text).toBe("🔵 agent.on_fire (Acme).");
    expect(answerTo(message)).toEqual({ status: 200, body: "ok" });
    const inherited = JSON.stringify({ type: "constructor", timestamp: at.toISOString(), data: {} });
    expect(answerTo(slackMessage(inherited, place))).toEqual({ status: 200, body: "ok" });
  });

  it("keeps what people wrote as text: nobody is called, nothing is linked, entities stay whole", () => {
    const evil = "<!channel> & <https://evil.example|click> @here &lt;";
    const facts = { ...agent, agentName: evil, failureCode: evil };
    const message = messageOf("deployment.failed", facts, evil);
    const [header, section, context] = message.blocks;
    expect(header.text).toMatchObject({ type: "plain_text", emoji: false });
    expect(section.text).toMatchObject({ verbatim: true });
    expect(context.elements[0]).toMatchObject({ verbatim: true });
    expect(message.text + JSON.stringify([section, context])).not.toMatch(/<!channel|<https:\/\/evil|&(?!amp;|lt;|gt;)/);
    expect(message.text).toContain("&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt; @here &amp;lt;");
    expect(answerTo(message)).toEqual({ status: 200, body: "ok" });
  });

  it("is as short as Slack takes it, whatever is long, and splits no character", () => {
    for (const letter of ["&", "<", "😀", "x"]) {
      const long = letter.repeat(5_000);
      const message = messageOf("deployment.failed", { ...agent, agentName: long, failureCode: long }, long);
      expect(answerTo(message)).toEqual({ status: 200, body: "ok" });
      expect(JSON.stringify(message)).not.toMatch(/\\ud[89ab]/);
      expect(message.blocks[0].text.text.endsWith("…")).toBe(true);
    }
  });
});
