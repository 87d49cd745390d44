// What a caller is told of its limits: on /trpc, on /v1 and on pages, as long as there is something left and when there is not.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { startWeb, type Web } from "./start-web";

let services: TestServices;
let web: Web;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
beforeAll(async () => {
  services = await createTestServices();
  tenant = await createTestTenant(services);
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterAll(async () => {
  await web.drain();
  await services.dispose();
});

const limitsOf = ({ headers }: Response) =>
  ["limit", "remaining", "reset"].map((name) => Number(headers.get(`ratelimit-${name}`) ?? Number.NaN));

async function keyWith(callsPerMinuteMax: number | null): Promise<{ authorization: string }> {
  const { apiKey } = await createApiKey(services, tenant.scope, {
    name: "limited",
    preset: "read",
    expiresInDays: null,
    callsPerMinuteMax,
  });
  return { authorization: `Bearer ${apiKey}` };
}

describe("a limited answer", () => {
  it("says on /v1 and on /trpc how much is left, counted for the key and not for its address", async () => {
    const headers = await keyWith(null);
    const first = await fetch(`${web.url}/v1/agents`, { headers });
    expect([first.status, ...limitsOf(first)]).toEqual([200, 3_000, 2_999, 60]);
    const second = await fetch(`${web.url}/trpc/agents.list?input=${encodeURIComponent('{"json":{}}')}`, { headers });
    expect([second.status, ...limitsOf(second).slice(0, 2)]).toEqual([200, 3_000, 2_998]);
    const other = await fetch(`${web.url}/v1/agents`, { headers: await keyWith(null) });
    expect(limitsOf(other)[1]).toBe(2_999);
  });

  it("says it also when the request is refused for another reason", async () => {
    const refused = await fetch(`${web.url}/v1/agents`);
    expect(refused.status).toBe(401);
    expect(limitsOf(refused)[0]).toBe(3_000);
  });

  it("is 429 in the words of its surface once a key's own cap is reached, with Retry-After", async () => {
    const headers = await keyWith(2);
    for (let asked = 0; asked < 2; asked += 1) expect((await fetch(`${web.url}/v1/agents`, { headers })).status).toBe(200);
    const rest = await fetch(`${web.url}/v1/agents`, { headers });
    const trpc = await fetch(`${web.url}/trpc/agents.list?input=${encodeURIComponent('{"json":{}}')}`, { headers });
    for (const answer of [rest, trpc]) {
      expect(answer.status).toBe(429);
      expect(limitsOf(answer).slice(0, 2)).toEqual([2, 0]);
      expect(answer.headers.get("retry-after")).toBe(answer.headers.get("ratelimit-reset"));
    }
    expect(await rest.json()).toMatchObject({ error: { code: "RATE_LIMITED", retryable: true } });
    expect(await trpc.json()).toMatchObject({ error: { code: "RATE_LIMITED", json: { data: { httpStatus: 429 } } } });
  });

  it("says at an account's door which of its limits was used up", async () => {
    const signIn = () =>
      fetch(`${web.url}/trpc/accounts.signIn`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ json: { email: "nobody@example.test", password: "guessing again and again" } }),
      });
    let answer = await signIn();
    for (let tries = 0; tries < 20 && answer.status !== 429; tries += 1) answer = await signIn();
    expect(answer.status).toBe(429);
    expect(limitsOf(answer).slice(0, 2)).toEqual([10, 0]);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(60);
  });
});
