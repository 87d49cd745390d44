// What holds for every answer of the web server, whatever door it came through.
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Config } from "~/server/config";
import { newId } from "~/server/ids";
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
  agent = await createLiveAgent(services, await createTestTenant(services), null, { preset: "all" });
});
afterAll(async () => {
  await web.drain();
  await services.dispose();
});

/** A second web process over the same services, with other settings. */
async function withWeb(config: Partial<Config>, act: (url: string) => Promise<void>): Promise<void> {
  const controlSocket = `${services.config.controlSocket}-${newId("trace").slice(-6)}`;
  const other = await startWeb(
    { ...services, config: { ...services.config, controlSocket, ...config } },
    { rootDirectory: null, watchesBuild: false },
  );
  try {
    await act(other.url);
  } finally {
    await other.drain();
  }
}

const production = { isProduction: true, publicUrl: new URL("https://agents.example"), trustedProxy: ["127.0.0.1"] };

describe("every answer", () => {
  const places: [string, RequestInit?][] = [
    ["/healthz"],
    ["/readyz"],
    ["/no/such/page"],
    ["/v1/no-such-address"],
    ["/v1/agents"],
    ["/v1/openapi.json"],
    ["/v1/telemetry/report", { method: "POST", body: "{}" }],
    [`/v1/invoke/${newId("agent")}`, { method: "POST", body: "{}" }],
    ["/v1/uploads", { method: "POST", body: "zip" }],
    ["/trpc/agents.list"],
    ["/trpc/no.such"],
    ["/schema/agent.config.json"],
    ["/.well-known/security.txt"],
    ["/%"],
  ];
  for (const [path, init] of places) {
    it(`of ${path} carries a trace id and the security headers`, async () => {
      const answer = await fetch(web.url + path, init);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        "x-trace-id": expect.stringMatching(/^trc_[0-9A-HJKMNP-TV-Z]{26}$/),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "strict-origin-when-cross-origin",
        "permissions-policy": expect.stringContaining("camera=()"),
        "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
      });
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      expect(answer.headers.get("content-security-policy")).not.toMatch(/unsafe-(inline|eval)/);
    });
  }

  it("takes over the caller's trace id when it is well formed, and only then", async () => {
    const traceId = newId("trace");
    const traceOf = async (sent: string) =>
      (await fetch(`${web.url}/healthz`, { headers: { "x-trace-id": sent } })).headers.get("x-trace-id");
    expect(await traceOf(traceId)).toBe(traceId);
    expect(await traceOf("trc_<script>")).not.toContain("script");
  });
});

describe("every refusal", () => {
  const refusals: [string, number, string, RequestInit?][] = [
    ["/no/such/page", 404, "NOT_FOUND"],
    ["/v1/no-such-address", 404, "NOT_FOUND"],
    ["/v1/agents", 401, "UNAUTHENTICATED"],
    ["/v1/agents", 401, "UNAUTHENTICATED", { headers: { authorization: "Bearer nonsense" } }],
    ["/v1/agents", 400, "INVALID_REQUEST", { method: "POST", body: "{", headers: { "content-type": "application/json" } }],
    ["/v1/agents", 400, "INVALID_REQUEST", { method: "POST", body: "a=b", headers: { "content-type": "text/plain" } }],
    ["/v1/agents", 413, "PAYLOAD_TOO_LARGE", { method: "POST", body: `"${"x".repeat(1024 * 1024)}"` }],
    ["/v1/telemetry/report", 401, "UNAUTHENTICATED", { method: "POST", body: "{}" }],
    ["/v1/invoke/agt_1", 401, "UNAUTHENTICATED", { method: "POST", body: "{}" }],
    ["/v1/uploads", 401, "UNAUTHENTICATED", { method: "POST", body: "zip" }],
    ["/trpc/no.such", 404, "NOT_FOUND"],
    ["/trpc/agents.list", 401, "UNAUTHENTICATED"],
    ["/%", 400, "INVALID_REQUEST"],
  ];
  it("of a body that is too large says how much is accepted", async () => {
    const body = `"${"x".repeat(1024 * 1024)}"`;
    const answer = await fetch(`${web.url}/v1/agents`, { method: "POST", body, headers: { "content-type": "application/json" } });
    expect((await answer.json()).error.message).toContain("at most 1024 KiB");
  });

  for (const [path, status, code, init = {}] of refusals) {
    it(`of ${init.method ?? "GET"} ${path} is ${status} ${code} in the envelope`, async () => {
      const headers = { "content-type": "application/json", ...(init.headers as Record<string, string>) };
      const answer = await fetch(web.url + path, {
        ...init,
        ...(init.method === "POST" ? { headers } : {}),
        ...(init.headers && !init.method ? { headers: init.headers } : {}),
      });
      const body = await answer.json();
      expect([answer.status, body]).toMatchObject([
        status,
        { error: { code, message: expect.stringMatching(/\S/), retryable: false }, traceId: answer.headers.get("x-trace-id") },
      ]);
      expect(JSON.stringify(body)).not.toMatch(/node_modules|\bat \w+ \(|Error:/);
    });
  }

  it("reaches even who does not speak HTTP", async () => {
    const socket = connect(Number(new URL(web.url).port), "127.0.0.1");
    socket.write("NONSENSE\r\n\r\n");
    const [bytes] = (await once(socket, "data")) as [Buffer];
    expect(String(bytes)).toMatch(/^HTTP\/1\.1 400 .*"code":"INVALID_REQUEST"/s);
    await once(socket, "close");
  });
});

describe("a state-changing request", () => {
  const cookie = "whs_session=whatever";
  const attempts: [string, Record<string, string>, boolean][] = [
    ["from our own page", { cookie, origin: "OURS", "sec-fetch-site": "same-origin" }, true],
    ["from our own page under this machine's other name", { cookie, origin: "LOCALHOST" }, true],
    ["that only says same-origin", { cookie, "sec-fetch-site": "same-origin" }, true],
    ["with our page as referer", { cookie, referer: "OURS/settings" }, true],
    ["without cookies, from nowhere", {}, true],
    ["from a program with a key, whatever it carries", { cookie, origin: "https://evil.example", authorization: "KEY" }, true],
    ["with cookies that says nothing about its origin", { cookie }, false],
    ["from another site", { cookie, origin: "https://evil.example", "sec-fetch-site": "cross-site" }, false],
    ["from a sibling domain", { cookie, origin: "OURS", "sec-fetch-site": "same-site" }, false],
    ["from another port of this machine", { cookie, origin: "http://127.0.0.1:1" }, false],
    ["from a sandboxed frame", { cookie, origin: "null" }, false],
    ["with a foreign referer", { cookie, referer: "https://evil.example/OURS" }, false],
    ["from another site without cookies", { origin: "https://evil.example" }, false],
  ];
  const surfaces = ["/v1/agents", "/trpc/agents.create", `/v1/invoke/${newId("agent")}`, "/v1/uploads", "/any/page"];
  for (const [name, headers, isLetIn] of attempts) {
    it(`${name} is ${isLetIn ? "let in" : "refused"} at every door`, async () => {
      const ours = new URL(web.url).origin;
      const sent = Object.fromEntries(
        Object.entries(headers).map(([key, value]) => [
          key,
          value
            .replace("OURS", ours)
            .replace("LOCALHOST", ours.replace("127.0.0.1", "localhost"))
            .replace("KEY", `Bearer ${agent.apiKey}`),
        ]),
      );
      for (const path of surfaces) {
        const answer = await fetch(web.url + path, {
          method: "POST",
          headers: { "content-type": "application/json", ...sent },
          body: "{}",
        });
        const { error } = (await answer.json()) as { error: { details?: { reason?: string } } };
        expect([path, error.details?.reason === "cross_origin"]).toEqual([path, !isLetIn]);
      }
    });
  }

  it("never heeds the Host header", async () => {
    const answer = await fetch(`${web.url}/v1/agents`, {
      method: "POST",
      headers: { cookie, origin: "http://evil.example", host: "evil.example", "x-forwarded-host": "evil.example" },
    });
    expect(answer.status).toBe(403);
  });
});

describe("in production", () => {
  it("plain requests are redirected to the configured address, or refused when they carry something", async () => {
    await withWeb(production, async (url) => {
      const page = await fetch(`${url}/some/page?a=b`, { redirect: "manual", headers: { host: "evil.example" } });
      expect([page.status, page.headers.get("location")]).toEqual([308, "https://agents.example/some/page?a=b"]);
      const act = await fetch(`${url}/v1/agents`, { method: "POST", body: "{}" });
      expect([act.status, await act.json()]).toMatchObject([400, { error: { details: { reason: "https_required" } } }]);
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
    });
  });

  it("only a trusted proxy can say that a request came by HTTPS", async () => {
    const headers = { "x-forwarded-proto": "https" };
    await withWeb(production, async (url) => {
      const answer = await fetch(`${url}/v1/agents`, { headers });
      expect(answer.status).toBe(401);
      expect(answer.headers.get("strict-transport-security")).toMatch(/^max-age=\d{8,}; includeSubDomains$/);
    });
    await withWeb({ ...production, trustedProxy: [] }, async (url) => {
      expect((await fetch(`${url}/v1/agents`, { headers, redirect: "manual" })).status).toBe(308);
    });
  });
});

describe("the REST face", () => {
  const withKey = () => ({ authorization: `Bearer ${agent.apiKey}`, "content-type": "application/json" });

  it("lists with the trace id of the request", async () => {
    const answer = await fetch(`${web.url}/v1/agents?limit=5`, { headers: withKey() });
    expect(await answer.json()).toMatchObject({
      items: [{ agentId: agent.agentId }],
      nextCursor: null,
      traceId: answer.headers.get("x-trace-id"),
    });
  });

  it("takes what the path says over what the body says, and no word for a number", async () => {
    const other = newId("agent");
    const renamed = await fetch(`${web.url}/v1/agents/${agent.agentId}`, {
      method: "PATCH",
      headers: withKey(),
      body: JSON.stringify({ agentId: other, description: "by path" }),
    });
    expect(await renamed.json()).toMatchObject({ agentId: agent.agentId, description: "by path" });
    const limited = await fetch(`${web.url}/v1/agents?limit=101`, { headers: withKey() });
    expect([limited.status, await limited.json()]).toMatchObject([400, { error: { details: { issues: [{ path: "limit" }] } } }]);
  });

  it("needs no body for an act that needs no words", async () => {
    const act = (verb: string) =>
      fetch(`${web.url}/v1/agents/${agent.agentId}/${verb}`, {
        method: "POST",
        headers: { authorization: `Bearer ${agent.apiKey}` },
      });
    expect((await act("disable")).status).toBe(200);
    expect((await act("enable")).status).toBe(200);
  });

  it("is described by OpenAPI 3.1, every procedure of it and every door", async () => {
    const document = (await (await fetch(`${web.url}/v1/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { responses: object }>>;
    };
    expect(document.openapi).toBe("3.1.0");
    for (const path of ["/agents", "/agents/{agentId}", "/usage", "/uploads", "/invoke/{agentId}/stream", "/telemetry/batch"]) {
      expect(Object.keys(document.paths)).toContain(path);
    }
    const answersOf = (path: string) => Object.keys(document.paths[path]?.["post"]?.responses ?? {});
    expect(answersOf("/agents/{agentId}/deployments")).toEqual(["202", "default"]);
    expect(answersOf("/uploads")).toEqual(["201", "default"]);
    expect(answersOf("/agents")).toEqual(["200", "default"]);
  });
});

describe("readiness", () => {
  it("says which part is missing", async () => {
    const down = { runtime: "embedded", health: async () => ({ status: "down", detail: "", warnings: [] }) };
    const providers = { list: () => [down], get: () => down } as unknown as TestServices["providers"];
    const other = await startWeb(
      { ...services, providers, config: { ...services.config, controlSocket: `${services.config.controlSocket}-r` } },
      { rootDirectory: null, watchesBuild: false },
    );
    const answer = await fetch(`${other.url}/readyz`);
    expect([answer.status, await answer.json()]).toMatchObject([
      503,
      {
        error: { message: "Not ready: agent-host.", retryable: true },
        checks: { postgresql: "up", redis: "up", "agent-host": "down" },
      },
    ]);
    await other.drain();
  });
});
