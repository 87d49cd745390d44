// The embedded runtime keeps every provider's promises, with real workerd processes.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { describeProvider } from "~/server/providers/provider.conformance";
import { connectToAgentHost, startTestAgentHost, type TestAgentHost } from "~/server/testing/agent-host";

let host: TestAgentHost;

beforeAll(async () => {
  host = await startTestAgentHost();
});
afterAll(() => host.stop());

describeProvider("embedded", () => ({
  provider: host.provider,
  configure(deploymentId, env, secretVersions = {}) {
    host.house.env.set(deploymentId, env);
    host.house.secretVersions.set(deploymentId, secretVersions);
  },
  refuse: (deploymentId) => void host.house.refusals.set(deploymentId, "Not now."),
  withBrokenCredentials() {
    const token = randomBytes(32).toString("hex");
    return {
      provider: connectToAgentHost({ socketPath: host.config.socketPath, token }),
      credentials: [token, host.config.token],
    };
  },
}));
