// A tenant with one agent and a provider that tests can tamper with: where tests of deployments begin.

import { createAgent } from "~/server/agents/create-agent";
import type { WorkspaceScope } from "~/server/auth/scope";
import { createDeployment } from "~/server/deployments/create-deployment";
import { getDeployment } from "~/server/deployments/get-deployment";
import { type RunOptions, runDeployment } from "~/server/deployments/run-deployment";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import type { Provider } from "~/server/providers/provider";
import { uploadBundle } from "./bundles";
import { createTestTenant } from "./factories";
import type { TestServices } from "./test-services";

/** The methods in which a worker may be killed, in their order. */
export const killPoints = ["build", "deploy", "activate", "invoke"] as const;
export type KillPoint = (typeof killPoints)[number];

export type DeployRig = {
  scope: WorkspaceScope;
  agentId: string;
  fake: FakeProvider;
  /** The provider does what `fake` does, but for these methods. Without argument: all is as it was. */
  tamper(changes?: Partial<Provider>): void;
  /** The provider hangs for ever in one method; resolves when it got there. */
  hangIn(method: KillPoint): Promise<void>;
  /** Uploads and asks for a version; answers its id. */
  deploy(source?: string, manifest?: Record<string, unknown>, activate?: boolean): Promise<string>;
  run(deploymentId: string, options?: Partial<RunOptions>): Promise<void>;
  /** Runs until `method` and leaves what a killed worker leaves: a lease that nobody renews. */
  abandonIn(deploymentId: string, method: KillPoint): Promise<void>;
  detailOf(deploymentId: string): ReturnType<typeof getDeployment>;
  liveDeploymentId(): Promise<string | null>;
};

/** Call it in `beforeEach`, after `reset()`. */
export async function openDeployRig(services: TestServices): Promise<DeployRig> {
  const fake = createFakeProvider();
  let provider: Provider = fake;
  services.providers = { get: () => provider, list: () => [provider] };
  const { scope } = await createTestTenant(services);
  const { agentId } = await createAgent(services, scope, { name: "bot", description: "" });

  const tamper: DeployRig["tamper"] = (changes = {}) => {
    provider = { ...fake, ...changes };
  };
  const hangIn: DeployRig["hangIn"] = (method) =>
    new Promise((reached) => {
      const hang = () => {
        reached();
        return new Promise<never>(() => {});
      };
      tamper({ [method]: hang });
    });
  const run: DeployRig["run"] = (deploymentId, options = {}) => {
    const key = { deploymentId, workspaceId: scope.workspaceId };
    return runDeployment(services, key, { draining: new AbortController().signal, ...options });
  };

  return {
    scope,
    agentId,
    fake,
    tamper,
    hangIn,
    run,
    deploy: async (source, manifest, activate = true) => {
      const { uploadId } = await uploadBundle(services, scope, source, manifest);
      return (await createDeployment(services, scope, { agentId, uploadId, activate })).deploymentId;
    },
    abandonIn: async (deploymentId, method) => {
      const draining = new AbortController();
      const reached = hangIn(method);
      const dead = run(deploymentId, { draining: draining.signal }).catch(() => undefined);
      await reached;
      // Whoever lost the lease writes nothing more, just like a process that ended.
      const dying = { leaseId: "dead", heartbeatAt: services.clock.now() };
      await services.owner.updateTable("deployments").set(dying).where("id", "=", deploymentId).execute();
      draining.abort();
      await dead;
      tamper();
    },
    detailOf: (deploymentId) => getDeployment(services, scope, deploymentId),
    liveDeploymentId: async () => {
      const agent = services.owner.selectFrom("agents").select("activeDeploymentId").where("id", "=", agentId);
      return (await agent.executeTakeFirstOrThrow()).activeDeploymentId;
    },
  };
}
