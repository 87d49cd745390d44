// A tenant's things, one of each kind that a caller can name: the real ids of the isolation walk.
import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { DeploymentStatus } from "~/db/tables/deployments";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { createSigningSecret } from "~/server/api-keys/create-signing-secret";
import { rerollApiKey } from "~/server/api-keys/reroll-api-key";
import { openSessions } from "~/server/auth/sessions";
import { Manifest } from "~/server/bundles/manifest.contract";
import { newId } from "~/server/ids";
import { type Ids, walked } from "~/server/isolation/named-ids";
import { setSecret } from "~/server/secrets/set-secret";
import { sha256Hex } from "~/server/sha256";
import { setVariable } from "~/server/variables/set-variable";
import { bundleOf } from "./bundles";
import {
  addTestMember,
  createTestAgent,
  createTestDeployment,
  createTestManifest,
  createTestUser,
  scopeOf,
  type TestDeployment,
  type TestUser,
  type TestWorkspace,
} from "./factories";
import { growWebhook } from "./grow-webhook";
import { placeDeployment } from "./live-agent";
import { cookieOf } from "./test-browser";
import type { TestServices } from "./test-services";

/** What belongs to a person (a session) is made for `person`, the rest for the workspace. */
export async function growIds(services: TestServices, workspace: TestWorkspace, person: TestUser): Promise<Ids> {
  const agent = await createTestAgent(services, workspace);
  const disabled = await createTestAgent(services, workspace);
  await services.owner.updateTable("agents").set({ disabledAt: new Date() }).where("id", "=", disabled.id).execute();
  const configuring = await scopeOf(services, workspace.owner, workspace, "secret.write");
  await setSecret(services, configuring, { agentId: agent.id, name: walked.secretName, value: "walked" });
  await setVariable(services, configuring, { agentId: agent.id, name: walked.variableName, value: "friendly" });
  const manifest = Manifest.parse(createTestManifest());
  const [provider = null] = services.providers.list();
  const version = async (number: number, status: DeploymentStatus) => {
    const options = { version: number, status, manifest };
    const made = await createTestDeployment(services, { ...agent, owner: workspace.owner }, options);
    const row = { agentId: agent.id, deploymentId: made.id, tenant: { workspace }, version: number };
    if (status === "active") await placeDeployment({ provider }, row);
    return made;
  };
  const live = await version(4, "active");
  const superseded = await version(1, "superseded");
  for (const kept of [live, superseded]) await keepFiles(services, workspace, kept);
  const key = await createApiKey(services, configuring, { name: "walked", preset: "all", expiresInDays: null });
  const old = await createApiKey(services, configuring, { name: "rerolled", preset: "read", expiresInDays: null });
  await rerollApiKey(services, configuring, { keyId: old.keyId, overlapHours: 24 });
  const signing = await createSigningSecret(services, configuring, { keyId: key.keyId });
  return {
    agentId: agent.id,
    disabledAgentId: disabled.id,
    deploymentId: live.id,
    queuedDeploymentId: (await version(3, "queued")).id,
    failedDeploymentId: (await version(2, "failed")).id,
    supersededDeploymentId: superseded.id,
    uploadId: live.uploadId,
    keyId: key.keyId,
    signingSecretId: signing.secretId,
    ...(await growWebhook(services, configuring)),
    supersededKeyId: old.keyId,
    ...(await growMembership(services, workspace)),
    passkeyId: await growPasskey(services, person),
    identityId: await growIdentity(services, person),
    sessionId: await growSession(services, person),
  };
}

/** The stored files of a version that can be looked into and go live again: its bundle and its module. */
async function keepFiles(services: TestServices, workspace: TestWorkspace, deployment: TestDeployment): Promise<void> {
  const source = `export default async () => "${deployment.id}";`;
  const bundle = await keepBlob(services, `${workspace.id}/${deployment.id}.zip`, bundleOf(source));
  const module = await keepBlob(services, `${workspace.id}/${deployment.id}.mjs`, Buffer.from(source));
  const files = JSON.stringify([{ path: "index.ts", sizeBytes: source.length, sha256: module.sha256 }]);
  // Nothing in the product may change them: the table's type does not allow it.
  const { sha256, blobKey } = bundle;
  await sql`update uploads set sha256 = ${sha256}, blob_key = ${blobKey}, files = ${files} where id = ${deployment.uploadId}`.execute(
    services.owner,
  );
  await services.owner
    .updateTable("deployments")
    .set({ bundleBlobKey: bundle.blobKey, bundleSha256: bundle.sha256 })
    .set({ moduleBlobKey: module.blobKey, moduleSha256: module.sha256 })
    .where("id", "=", deployment.id)
    .execute();
}

async function keepBlob(services: TestServices, blobKey: string, bytes: Uint8Array) {
  await services.blobs.putBytes(blobKey, bytes);
  return { blobKey, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** A viewer, somebody invited, and what a role was granted of a connected system. */
async function growMembership(services: TestServices, workspace: TestWorkspace) {
  const member = await createTestUser(services);
  await addTestMember(services, workspace, member, "viewer");
  const [invitationId, systemGrantId, at] = [newId("invitation"), newId("systemGrant"), services.clock.now()];
  const of = { workspaceId: workspace.id, createdAt: at };
  await services.owner
    .insertInto("invitations")
    .values({
      ...of,
      id: invitationId,
      email: `${invitationId.toLowerCase()}@example.test`,
      role: "viewer",
      tokenHash: sha256Hex(invitationId),
      invitedBy: workspace.owner.id,
      sentAt: at,
      expiresAt: new Date(at.getTime() + 60_000),
      acceptedAt: null,
      acceptedBy: null,
      revokedAt: null,
    })
    .execute();
  const grant = { systemId: newId("connectedSystem"), userId: null, role: "member", access: "use" } as const;
  await services.owner
    .insertInto("connectedSystemGrants")
    .values({ ...of, ...grant, id: systemGrantId, grantedBy: workspace.owner.id })
    .execute();
  return { memberId: member.id, invitationId, systemGrantId };
}

/** The public name of a fresh session. */
async function growSession(services: TestServices, person: TestUser): Promise<string> {
  const setCookie = await openSessions(services).create(person.id, { traceId: "trc_1", ipAddress: null, userAgent: null });
  const sessionId = cookieOf(setCookie).split("=")[1] ?? "";
  return sha256Hex(sessionId).slice(0, 32);
}

async function growPasskey(services: TestServices, person: TestUser): Promise<string> {
  const id = newId("passkey");
  const row = { id, userId: person.id, credentialId: id, publicKey: Buffer.alloc(0), counter: 0 };
  await services.owner
    .insertInto("userPasskeys")
    .values({ ...row, isBackedUp: false, isMultiDevice: false, name: "Walked", lastUsedAt: null })
    .execute();
  return id;
}

/** Who the person is at a provider. */
async function growIdentity(services: TestServices, person: TestUser): Promise<string> {
  const id = newId("identity");
  const row = { id, provider: "https://provider.example", subject: id, userId: person.id, email: null, lastUsedAt: null };
  await services.owner.insertInto("externalIdentities").values(row).execute();
  return id;
}
