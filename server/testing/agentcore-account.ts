// The AgentCore adapter over a real account, for the conformance suite: everything it makes carries an environment name of its own.
import { randomBytes } from "node:crypto";
import type { LaunchGrant } from "~/runtime/contract/host-protocol";
import { AppError } from "~/server/errors";
import { createLog } from "~/server/log";
import { createAgentCoreProvider } from "~/server/providers/agentcore/agentcore-provider";
import type { ProviderHarness } from "~/server/providers/conformance/harness.conformance";
import { HeldAnswers } from "~/server/providers/held-answers";

const environment = "conformance";

export type AgentCoreAccount = { harness: ProviderHarness; close(): Promise<void> };

/** Null: no account is named. */
export function openAgentCoreAccount(variables: NodeJS.ProcessEnv): AgentCoreAccount | null {
  const { AGENTCORE_TEST_REGION: region, AGENTCORE_TEST_BUCKET: bucket, AGENTCORE_TEST_ROLE_ARN: roleArn } = variables;
  const { AGENTCORE_TEST_ACCESS_KEY_ID: accessKeyId, AGENTCORE_TEST_SECRET_ACCESS_KEY: secretAccessKey } = variables;
  if (!region || !bucket || !roleArn || !accessKeyId || !secretAccessKey) return null;
  const grants = new Map<string, LaunchGrant>();
  const refused = new Set<string>();
  const grantOf = (deploymentId: string): LaunchGrant =>
    grants.get(deploymentId) ?? { env: {}, telemetryKey: randomBytes(32).toString("hex"), secretVersions: {} };
  const providerWith = (secret: string) =>
    createAgentCoreProvider({
      config: {
        region,
        bucket,
        roleArn,
        toolsRoleArn: null,
        endpoint: null,
        credentials: { accessKeyId, secretAccessKey: secret },
      },
      environment,
      publicUrl: new URL("https://reports.invalid"),
      answers: new HeldAnswers(),
      log: createLog({ program: "test", level: "warn" }),
      async openGrant(deploymentId) {
        if (refused.has(deploymentId)) throw new AppError("CONFLICT", "Not now.");
        grants.set(deploymentId, grantOf(deploymentId));
        return grantOf(deploymentId);
      },
    });
  const provider = providerWith(secretAccessKey);
  return {
    harness: {
      provider,
      keepsValues: true,
      logsLateMs: 60_000,
      environment,
      configure: (deploymentId, env, secretVersions = {}) =>
        void grants.set(deploymentId, { ...grantOf(deploymentId), env, secretVersions }),
      refuse: (deploymentId) => void refused.add(deploymentId),
      withBrokenCredentials: () => ({ provider: providerWith("quite-another-secret-key-0815"), credentials: [accessKeyId] }),
    },
    async close() {
      const signal = AbortSignal.timeout(600_000);
      for (const placed of await provider.placements({ signal })) await provider.destroy(placed);
    },
  };
}
