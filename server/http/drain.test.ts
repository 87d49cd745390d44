// A stop lets everybody finish what they began, ends what never ends, and leaves nothing unwritten.
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { startWeb } from "./start-web";

const provider = createFakeProvider();
let services: TestServices;
beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
});
afterAll(() => services.dispose());

it("lets a running stream finish, refuses new connections, and writes the call down", async () => {
  const web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
  let finish = () => {};
  Object.assign(globalThis, {
    untilToldToFinish: new Promise<void>((resolve) => {
      finish = resolve;
    }),
  });
  const agent = await createLiveAgent(services, await createTestTenant(services), provider, {
    module: `export default async function* () { yield "begun"; await globalThis.untilToldToFinish; yield " and done"; }`,
  });
  const answer = await fetch(`${web.url}/v1/invoke/${agent.agentId}/stream`, {
    method: "POST",
    headers: { authorization: `Bearer ${agent.apiKey}` },
    body: JSON.stringify({ input: { prompt: "hello" } }),
  });
  const drained = web.drain();
  const late = connect(Number(new URL(web.url).port), "127.0.0.1");
  await once(late, "error");
  finish();
  const text = await answer.text();
  expect(text).toContain(" and done");
  expect(text).toMatch(/event: done\ndata: {}\n\n$/);
  await drained;
  const rows = await services.owner.selectFrom("invocations").select(["outcome", "mode"]).execute();
  expect(rows).toEqual([{ outcome: "ok", mode: "stream" }]);
});

it("does not wait for connections that ask nothing", async () => {
  const web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
  const silent = connect(Number(new URL(web.url).port), "127.0.0.1");
  await once(silent, "connect");
  const hungUp = once(silent, "close");
  silent.resume();
  await Promise.all([web.drain(), hungUp]);
});

it("can be asked twice, and a new process takes the socket over", async () => {
  const first = await startWeb(services, { rootDirectory: null, watchesBuild: false });
  await Promise.all([first.drain(), first.drain()]);
  const second = await startWeb(services, { rootDirectory: null, watchesBuild: false });
  expect((await fetch(`${second.url}/readyz`)).status).toBe(200);
  await second.drain();
});
