// A deployment is followed live from outside: by an API key, as server-sent events, until it ends.
import { afterAll, beforeAll, expect, it } from "vitest";
import { createAgent } from "~/server/agents/create-agent";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { cancelDeployment } from "~/server/deployments/cancel-deployment";
import { createDeployment } from "~/server/deployments/create-deployment";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { uploadBundle } from "~/server/testing/bundles";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { startWeb, type Web } from "./start-web";

let services: TestServices;
let web: Web;
beforeAll(async () => {
  services = await createTestServices();
  const fake = createFakeProvider();
  services.providers = { get: () => fake, list: () => [fake] };
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterAll(async () => {
  await web.drain();
  await services.dispose();
});

const watch = (deploymentId: string, apiKey: string) =>
  fetch(`${web.url}/trpc/deployments.watch?input=${encodeURIComponent(JSON.stringify({ json: { deploymentId } }))}`, {
    headers: { authorization: `Bearer ${apiKey}`, accept: "text/event-stream" },
  });

it("streams a deployment's moves to an API key of its workspace, and to no other", async () => {
  const [{ scope }, { scope: other }] = [await createTestTenant(services), await createTestTenant(services)];
  const keyFor = async (of: typeof scope) =>
    (await createApiKey(services, of, { name: "watcher", preset: "read", expiresInDays: null })).apiKey;
  const { agentId } = await createAgent(services, scope, { name: "bot", description: "" });
  const { uploadId } = await uploadBundle(services, scope);
  const { deploymentId } = await createDeployment(services, scope, { agentId, uploadId, activate: true });
  const followed = await watch(deploymentId, await keyFor(scope));
  expect(followed.headers.get("content-type")).toContain("text/event-stream");
  const reader = followed.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const readUntil = async (wanted: string) => {
    while (!text.includes(wanted)) {
      const { value, done } = (await reader?.read()) ?? { done: true };
      if (done) throw new Error(`The stream ended without ${wanted}: ${text}`);
      text += value;
    }
  };
  await readUntil('"queued"');
  await cancelDeployment(services, scope, deploymentId);
  await readUntil('"cancelled"');
  await reader?.cancel();
  expect(await (await watch(deploymentId, await keyFor(other))).text()).not.toContain('"cancelled"');
});
