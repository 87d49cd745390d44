// The stand-in keeps the same promises as what it stands in for.
import { AppError } from "~/server/errors";
import { describeProvider } from "~/server/providers/provider.conformance";
import { createFakeProvider, type FakeGrant } from "./fake-provider";

const configured = new Map<string, FakeGrant>();
const refused = new Set<string>();
const provider = createFakeProvider({
  async grantFor(deploymentId) {
    if (refused.has(deploymentId)) throw new AppError("CONFLICT", "Not now.");
    return configured.get(deploymentId) ?? { env: {}, secretVersions: {} };
  },
});

describeProvider("fake", () => ({
  provider,
  configure: (deploymentId, env, secretVersions = {}) => void configured.set(deploymentId, { env, secretVersions }),
  refuse: (deploymentId) => void refused.add(deploymentId),
}));
