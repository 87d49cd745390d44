// Streams that their callers leave are stopped at the agent, and nothing of them stays: a sample of soak/gateway.test.ts (MISSION E8).
import { expect, it } from "vitest";
import { startWeb } from "~/server/http/start-web";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { runStreamCampaign } from "~/server/testing/stream-campaign";
import { createTestServices } from "~/server/testing/test-services";

it("holds and leaves streams without a socket, a descriptor or memory that stays behind", { timeout: 120_000 }, async () => {
  const provider = createFakeProvider();
  const services = await createTestServices({ providers: createProviderRegistry([provider]) });
  const web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
  try {
    await runStreamCampaign({ services, provider, web }, { idle: 50, aborted: 200, atOnce: 50 });
  } finally {
    await web.drain();
  }
  const rows = await services.owner.selectFrom("invocations").select("outcome").execute();
  expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(["aborted"]));
  expect(rows).toHaveLength(300);
  await services.dispose();
});
