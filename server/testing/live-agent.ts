// An agent with a live deployment on the fake provider, and a key to call it with: where tests of calls and telemetry begin.
import { createHash } from "node:crypto";
import type { ApiKeyPreset } from "~/db/tables/api-keys";
import type { Runtime } from "~/db/tables/deployments";
import { createApiKey } from "~/server/api-keys/create-api-key";
import type { WorkspaceScope } from "~/server/auth/scope";
import { newId } from "~/server/ids";
import type { Provider } from "~/server/providers/provider";
import { createTestAgent, createTestManifest, createTestUpload, type TestWorkspace } from "./factories";
import type { TestServices } from "./test-services";

export type LiveAgent = {
  agentId: string;
  workspaceId: string;
  ownerUserId: string;
  deploymentId: string;
  runtime: Runtime;
  /** Preset `deploy`, so that it may also call versions that are not live. */
  apiKey: string;
};

export type LiveAgentOptions = {
  /** ES module text whose default export is a handler. */
  module?: string;
  manifest?: Record<string, unknown>;
  preset?: ApiKeyPreset;
};

type Tenant = { workspace: TestWorkspace; scope: WorkspaceScope };

const echo = `export default async (request) => "echo: " + request.input.messages.at(-1).content;`;

/** `provider` is the fake one of the services' registry; without it nothing is placed. */
export async function createLiveAgent(
  services: TestServices,
  tenant: Tenant,
  provider: Provider | null,
  options: LiveAgentOptions = {},
): Promise<LiveAgent> {
  const agent = await createTestAgent(services, tenant.workspace);
  const deploymentId = await createLiveDeployment(services, tenant, agent.id, { ...options, provider });
  const { apiKey } = await createApiKey(services, tenant.scope, {
    name: "test",
    preset: options.preset ?? "deploy",
    expiresInDays: null,
  });
  return {
    agentId: agent.id,
    workspaceId: tenant.workspace.id,
    ownerUserId: tenant.workspace.owner.id,
    deploymentId,
    runtime: "embedded",
    apiKey,
  };
}

/** The next version of an agent, live at once; the one before is superseded. Answers its id. */
export async function createLiveDeployment(
  services: TestServices,
  tenant: Tenant,
  agentId: string,
  options: LiveAgentOptions & { provider: Provider | null },
): Promise<string> {
  const manifest = createTestManifest(options.manifest);
  const upload = await createTestUpload(services, tenant.workspace, { manifest });
  const earlier = await services.owner.selectFrom("deployments").select("id").where("agentId", "=", agentId).execute();
  const id = newId("deployment");
  await services.owner.updateTable("deployments").set({ status: "superseded" }).where("agentId", "=", agentId).execute();
  await services.owner
    .insertInto("deployments")
    .values({
      id,
      workspaceId: tenant.workspace.id,
      agentId,
      ownerUserId: tenant.workspace.owner.id,
      version: earlier.length + 1,
      runtime: "embedded",
      status: "active",
      stage: "active",
      activates: true,
      uploadId: upload.id,
      bundleSha256: upload.sha256,
      bundleBlobKey: upload.blobKey,
      manifest: JSON.stringify(manifest),
      retentionClass: "d30",
      createdBy: tenant.workspace.owner.id,
    })
    .execute();
  await services.owner.updateTable("agents").set({ activeDeploymentId: id }).where("id", "=", agentId).execute();
  await placeDeployment(options, { agentId, deploymentId: id, tenant, version: earlier.length + 1 });
  return id;
}

/** Hands a version to the provider, as its deployment would have. */
export async function placeDeployment(
  options: LiveAgentOptions & { provider: Provider | null },
  row: { agentId: string; deploymentId: string; tenant: Pick<Tenant, "workspace">; version: number },
): Promise<void> {
  const module = options.module ?? echo;
  const limits = options.manifest?.["limits"] as { timeoutMs?: number } | undefined;
  const placement = {
    deploymentId: row.deploymentId,
    agentId: row.agentId,
    workspaceId: row.tenant.workspace.id,
    userId: row.tenant.workspace.owner.id,
    version: row.version,
    module,
    moduleSha256: createHash("sha256").update(module).digest("hex"),
    timeoutMs: limits?.timeoutMs ?? 60_000,
    memoryMb: 128,
    stateKey: row.deploymentId,
  };
  await options.provider?.deploy(placement, { signal: AbortSignal.timeout(30_000) });
}
