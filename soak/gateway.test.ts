// A thousand idle streams and ten thousand aborted ones: sockets, descriptors and memory return to where they began.
import { afterAll, beforeAll, it } from "vitest";
import { startWeb, type Web } from "~/server/http/start-web";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { runStreamCampaign } from "~/server/testing/stream-campaign";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
let provider: FakeProvider;
let web: Web;
beforeAll(async () => {
  provider = createFakeProvider();
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterAll(async () => {
  await web.drain();
  await services.dispose();
});

it("leaves nothing behind", () => runStreamCampaign({ services, provider, web }, { idle: 1_000, aborted: 10_000, atOnce: 500 }));
