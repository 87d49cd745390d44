// Rows for tests, inserted directly: each maker fills in what the test does not care about and answers what it made.
import { createHash, randomBytes } from "node:crypto";
import type { DeploymentStatus } from "~/db/tables/deployments";
import type { Role } from "~/db/tables/memberships";
import type { Tier } from "~/db/tables/workspaces";
import { mintWorkspaceScope } from "~/server/auth/mint-scope";
import type { Action } from "~/server/auth/permissions";
import type { UserPrincipal } from "~/server/auth/principal";
import type { WorkspaceScope } from "~/server/auth/scope";
import { newId } from "~/server/ids";
import type { TestServices } from "./test-services";

type Needs = Pick<TestServices, "owner" | "across">;

export type TestUser = { id: string; email: string; displayName: string };
export type TestWorkspace = { id: string; name: string; owner: TestUser };
export type TestAgent = { id: string; workspaceId: string; name: string };
export type TestUpload = { id: string; workspaceId: string; sha256: string; blobKey: string };

/** A person with a verified address (unless `emailVerified` is false) and no password (unless a hash is given). */
export async function createTestUser(
  needs: Pick<Needs, "owner">,
  options: { email?: string; emailVerified?: boolean; passwordHash?: string; isSuperAdmin?: boolean } = {},
): Promise<TestUser> {
  const id = newId("user");
  const user = { id, email: options.email ?? `${id.toLowerCase()}@example.test`, displayName: "Test Person" };
  await needs.owner
    .insertInto("users")
    .values({
      ...user,
      passwordHash: options.passwordHash ?? null,
      emailVerifiedAt: options.emailVerified === false ? null : new Date(),
      isSuperAdmin: options.isSuperAdmin ?? false,
      disabledAt: null,
    })
    .execute();
  return user;
}

/** A workspace with an owner of its own, unless one is given. */
export async function createTestWorkspace(
  needs: Pick<Needs, "owner">,
  options: { owner?: TestUser; name?: string; tier?: Tier } = {},
): Promise<TestWorkspace> {
  const owner = options.owner ?? (await createTestUser(needs));
  const workspace = { id: newId("workspace"), name: options.name ?? "Test workspace" };
  await needs.owner
    .insertInto("workspaces")
    .values({ ...workspace, tier: options.tier ?? "free", disabledAt: null })
    .execute();
  await addTestMember(needs, workspace, owner, "owner");
  return { ...workspace, owner };
}

export async function addTestMember(
  needs: Pick<Needs, "owner">,
  workspace: { id: string },
  user: TestUser,
  role: Role,
): Promise<void> {
  await needs.owner.insertInto("memberships").values({ workspaceId: workspace.id, userId: user.id, role }).execute();
}

export function principalOf(
  user: TestUser,
  options: { emailVerified?: boolean; isSuperAdmin?: boolean; provenAt?: Date } = {},
): UserPrincipal {
  return {
    kind: "user",
    userId: user.id,
    email: user.email,
    displayName: user.displayName,
    emailVerified: options.emailVerified ?? true,
    isSuperAdmin: options.isSuperAdmin ?? false,
    sessionIdHash: createHash("sha256").update(user.id).digest("hex"),
    provenAt: options.provenAt ?? new Date(),
  };
}

/** A scope from the real mint; the person must be a member whose role allows `action`. */
export function scopeOf(
  needs: Pick<Needs, "across">,
  user: TestUser,
  workspace: { id: string },
  action: Action = "agent.read",
): Promise<WorkspaceScope> {
  return mintWorkspaceScope(needs, principalOf(user), {
    action,
    workspaceId: workspace.id,
    traceId: newId("trace"),
    ipAddress: "127.0.0.1",
  });
}

/** A workspace, its owner and the owner's scope: where most tests begin. */
export async function createTestTenant(needs: Needs, options: { name?: string; tier?: Tier } = {}) {
  const workspace = await createTestWorkspace(needs, options);
  return { workspace, user: workspace.owner, scope: await scopeOf(needs, workspace.owner, workspace) };
}

export async function createTestAgent(
  needs: Pick<Needs, "owner">,
  workspace: TestWorkspace,
  options: { name?: string } = {},
): Promise<TestAgent> {
  const agent = {
    id: newId("agent"),
    workspaceId: workspace.id,
    name: options.name ?? `agent-${randomBytes(4).toString("hex")}`,
  };
  await needs.owner
    .insertInto("agents")
    .values({
      ...agent,
      description: "",
      ownerUserId: workspace.owner.id,
      activeDeploymentId: null,
      disabledAt: null,
      deletedAt: null,
    })
    .execute();
  return agent;
}

/** A manifest that the bundle check would accept. */
export function createTestManifest(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return { name: "test-agent", protocol: "invoke/v1", runtime: "embedded", entrypoint: "index.ts", ...overrides };
}

/** The row of an accepted bundle; its blob is up to the test. */
export async function createTestUpload(
  needs: Pick<Needs, "owner">,
  workspace: TestWorkspace,
  options: { manifest?: Record<string, unknown> } = {},
): Promise<TestUpload> {
  const id = newId("upload");
  const upload = {
    id,
    workspaceId: workspace.id,
    sha256: createHash("sha256").update(id).digest("hex"),
    blobKey: `${workspace.id}/uploads/${id}.zip`,
  };
  await needs.owner
    .insertInto("uploads")
    .values({
      ...upload,
      createdBy: workspace.owner.id,
      fileName: "bundle.zip",
      sizeBytes: 1_000,
      manifest: JSON.stringify(options.manifest ?? createTestManifest()),
      files: JSON.stringify([]),
      warnings: JSON.stringify([]),
    })
    .execute();
  return upload;
}

export type TestDeployment = { id: string; agentId: string; uploadId: string };

/** The row of a version, in any state; `active` makes it the agent's live one too. */
export async function createTestDeployment(
  needs: Pick<Needs, "owner">,
  agent: TestAgent & { owner: TestUser },
  options: {
    status?: DeploymentStatus;
    version?: number;
    manifest?: Record<string, unknown>;
    secretVersions?: Record<string, number>;
  } = {},
): Promise<TestDeployment> {
  const workspace = { id: agent.workspaceId, name: "", owner: agent.owner };
  const manifest = options.manifest ?? createTestManifest();
  const upload = await createTestUpload(needs, workspace, { manifest });
  const status = options.status ?? "active";
  const id = newId("deployment");
  await needs.owner
    .insertInto("deployments")
    .values({
      id,
      workspaceId: agent.workspaceId,
      agentId: agent.id,
      ownerUserId: agent.owner.id,
      version: options.version ?? 1,
      runtime: "embedded",
      status,
      stage: status === "active" ? "active" : "received",
      activates: true,
      uploadId: upload.id,
      bundleSha256: upload.sha256,
      bundleBlobKey: upload.blobKey,
      manifest: JSON.stringify(manifest),
      secretVersions: JSON.stringify(options.secretVersions ?? {}),
      retentionClass: "d30",
      createdBy: agent.owner.id,
    })
    .execute();
  if (status === "active") {
    await needs.owner.updateTable("agents").set({ activeDeploymentId: id }).where("id", "=", agent.id).execute();
  }
  return { id, agentId: agent.id, uploadId: upload.id };
}
