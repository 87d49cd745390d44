// The embedded runtime keeps every provider's promises, with real workerd processes.
import { afterAll, beforeAll } from "vitest";
import { describeProvider } from "~/server/providers/provider.conformance";
import { startTestAgentHost, type TestAgentHost } from "~/server/testing/agent-host";

let host: TestAgentHost;

beforeAll(async () => {
  host = await startTestAgentHost();
});
afterAll(() => host.stop());

describeProvider("embedded", () => ({
  provider: host.provider,
  configure: (deploymentId, env) => void host.house.env.set(deploymentId, env),
}));
