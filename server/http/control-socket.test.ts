// The agent host's own door: only with the shared token, only through a private socket, and for late telemetry too.
import { createHmac } from "node:crypto";
import { statSync } from "node:fs";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { telemetryHeaders } from "~/runtime/contract/telemetry";
import { newId } from "~/server/ids";
import { deriveTelemetryKey } from "~/server/telemetry/telemetry-key";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { startWeb, type Web } from "./start-web";

let services: TestServices;
let web: Web;
let agent: LiveAgent;
beforeAll(async () => {
  services = await createTestServices();
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
  agent = await createLiveAgent(services, await createTestTenant(services), null);
});
afterAll(async () => {
  await web.drain();
  await services.dispose();
});

type Answer = { status: number | undefined; body: Record<string, unknown> };

function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        socketPath: services.config.controlSocket,
        path,
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode, body: JSON.parse(text || "{}") as Record<string, unknown> }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

const launch = (authorization: string | undefined, deploymentId = agent.deploymentId) =>
  post("/internal/launch", JSON.stringify({ deploymentId }), authorization === undefined ? {} : { authorization });

describe("the control socket", () => {
  it("can be opened by this machine's user only", () => {
    expect(statSync(services.config.controlSocket).mode & 0o777).toBe(0o600);
  });

  it("grants a launch to who knows the token: the derived key and nothing that was not configured", async () => {
    const { status, body } = await launch(`Bearer ${services.config.agentHostToken}`);
    const telemetryKey = deriveTelemetryKey(services.config.telemetryRootKey, agent.deploymentId, 1).toString("hex");
    expect([status, body]).toEqual([200, { env: {}, telemetryKey, secretVersions: {} }]);
  });

  it("refuses everybody else, and does not exist on the public side", async () => {
    const { agentHostToken } = services.config;
    for (const wrong of [
      undefined,
      "",
      "Bearer ",
      `Bearer ${agentHostToken}x`,
      agentHostToken,
      `Bearer ${agentHostToken.slice(1)}`,
    ]) {
      expect((await launch(wrong)).status).toBe(401);
    }
    const outside = await fetch(`${web.url}/internal/launch`, {
      method: "POST",
      headers: { authorization: `Bearer ${agentHostToken}`, "content-type": "application/json" },
      body: JSON.stringify({ deploymentId: agent.deploymentId }),
    });
    expect(outside.status).toBe(404);
  });

  it("answers a missing deployment and a malformed one in the envelope", async () => {
    const token = `Bearer ${services.config.agentHostToken}`;
    expect(await launch(token, newId("deployment"))).toMatchObject({ status: 404, body: { error: { code: "NOT_FOUND" } } });
    expect(await launch(token, "../etc")).toMatchObject({ status: 400, body: { error: { code: "INVALID_REQUEST" } } });
  });

  it("writes down that a placed module was altered, for whoever knows the token and names a version", async () => {
    const report = (deploymentId: string, token: string) =>
      post("/internal/integrity", JSON.stringify({ deploymentId, moduleSha256: "0".repeat(64) }), {
        authorization: `Bearer ${token}`,
      });
    const { agentHostToken } = services.config;
    expect((await report(agent.deploymentId, "wrong")).status).toBe(401);
    expect((await report(newId("deployment"), agentHostToken)).status).toBe(404);
    expect((await report(agent.deploymentId, agentHostToken)).status).toBe(204);
    const audited = services.owner
      .selectFrom("auditEntries")
      .select(["workspaceId", "targetId", "metadata"])
      .where("action", "=", "deployment.integrity_failure");
    expect(await audited.execute()).toMatchObject([
      { workspaceId: agent.workspaceId, targetId: agent.deploymentId, metadata: { reason: "placed_module_altered" } },
    ]);
    for (let again = 0; again < 20; again += 1) expect((await report(agent.deploymentId, agentHostToken)).status).toBe(204);
    expect(await audited.execute()).toHaveLength(1);
    services.clock.advance(60_000);
    await report(agent.deploymentId, agentHostToken);
    const [, later] = await audited.orderBy("seq").execute();
    expect(later).toMatchObject({ metadata: { alsoSuppressed: 20 } });
  });

  it("takes telemetry up to a day late, which the public door does not", async () => {
    const occurredAt = new Date(services.clock.now().getTime() - 23 * 3_600_000);
    const raw = JSON.stringify({
      events: [
        {
          eventId: newId("event"),
          userId: agent.ownerUserId,
          agentId: agent.agentId,
          deploymentId: agent.deploymentId,
          runtimeProvider: "embedded",
          timestamp: occurredAt.toISOString(),
          requests: 1,
          llmTokens: 0,
          computeMs: 1,
          toolCalls: 0,
          errors: 0,
          errorClass: null,
          costUsdEstimated: 0,
          traceId: newId("trace"),
        },
      ],
    });
    const key = deriveTelemetryKey(services.config.telemetryRootKey, agent.deploymentId, 1);
    const headers = {
      [telemetryHeaders.deploymentId]: agent.deploymentId,
      [telemetryHeaders.signature]: `v1=${createHmac("sha256", key).update(raw).digest("hex")}`,
    };
    const outside = await fetch(`${web.url}/v1/telemetry/batch`, { method: "POST", headers, body: raw });
    expect(await outside.json()).toMatchObject({ accepted: 0, rejected: 1 });
    expect(await post("/v1/telemetry/batch", raw, headers)).toMatchObject({ status: 202, body: { accepted: 1, rejected: 0 } });
  });
});
