// A repository over REST: answered as the upload door does, and once per idempotency key.
import { afterAll, beforeAll, expect, it } from "vitest";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { createTestTenant } from "~/server/testing/factories";
import { type GithubArchives, gitArchive, startGithubArchives } from "~/server/testing/github-archives";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { type OpenDoors, openDoors } from "~/server/testing/open-doors";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let github: GithubArchives;
let services: TestServices;
let doors: OpenDoors;
let agent: LiveAgent;
beforeAll(async () => {
  github = await startGithubArchives();
  services = await createTestServices({ config: github.config, providers: createProviderRegistry([createFakeProvider()]) });
  doors = await openDoors(services, null);
  agent = await createLiveAgent(services, await createTestTenant(services), null);
});
afterAll(async () => {
  await doors.close();
  await services.dispose();
  await github.close();
});

async function post(payload: object, key?: string) {
  const headers = { authorization: `Bearer ${agent.apiKey}`, ...(key ? { "idempotency-key": key } : {}) };
  const answer = await doors.app.inject({ method: "POST", url: "/v1/uploads/github", headers, payload });
  return { status: answer.statusCode, body: answer.json(), isReplay: answer.headers["idempotency-replayed"] === "true" };
}

it("of two requests with one key the second is answered as the first, without asking GitHub again", async () => {
  github.archives.set("o/agent@main", gitArchive("3f786850e387550fdab836ed7e6dc881de23001b"));
  const wish = { url: "https://github.com/o/agent", ref: "main" };
  const first = await post(wish, "key-1");
  expect([first.status, first.isReplay]).toEqual([201, false]);
  expect(first.body).toMatchObject({ uploadId: expect.stringMatching(/^upl_/), source: { owner: "o", repo: "agent" } });
  const asked = github.asked.length;
  expect(await post(wish, "key-1")).toEqual({ ...first, isReplay: true });
  expect(github.asked.length).toBe(asked);
  const other = await post({ ...wish, ref: "next" }, "key-1");
  expect([other.status, other.body.error.details.reason]).toEqual([409, "idempotency_key_reused"]);
  expect((await post(wish)).body.uploadId).not.toBe(first.body.uploadId);
});

it("an address elsewhere is 400, a GitHub that does not answer 503, and its rate limit 429", async () => {
  const elsewhere = await post({ url: "https://example.com/o/agent" });
  expect([elsewhere.status, elsewhere.body.error.details.issues[0].path]).toEqual([400, "url"]);
  github.misbehave = (_request, response) => Boolean(response.writeHead(502).end());
  expect(await post({ url: "https://github.com/o/agent" })).toMatchObject({ status: 503, body: { error: { retryable: true } } });
  github.misbehave = (_request, response) => Boolean(response.writeHead(429, { "retry-after": "5" }).end());
  expect((await post({ url: "https://github.com/o/agent" })).status).toBe(429);
});
