// The world of the isolation walk: a workspace with a member of every role and a key of every preset, and strangers outside.
import { hash } from "@node-rs/bcrypt";
import type { ApiKeyPreset } from "~/db/tables/api-keys";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { revokeApiKey } from "~/server/api-keys/revoke-api-key";
import { proofMs } from "~/server/auth/assert-recently-proven";
import type { Credentials } from "~/server/auth/authenticate-request";
import { openSessions } from "~/server/auth/sessions";
import { type Ids, walked } from "~/server/isolation/named-ids";
import type { Walker } from "~/server/isolation/walkers";
import { addTestMember, createTestUser, createTestWorkspace, scopeOf, type TestUser, type TestWorkspace } from "./factories";
import { growIds } from "./grow-ids";
import { cookieOf } from "./test-browser";
import type { TestServices } from "./test-services";

/** A caller and what is theirs: the ids of the workspace they work in, and of their own account. */
export type Walking = { credentials: Credentials; workspace: TestWorkspace; ids: Ids };

/** The walker in a workspace of its own; give one to let several share it. */
export async function growWalking(services: TestServices, walker: Walker, shared?: TestWorkspace): Promise<Walking> {
  const workspace = shared ?? (await createTestWorkspace(services, { owner: await createPerson(services), tier: "enterprise" }));
  const person = await growPerson(services, walker, workspace);
  const ids = await growIds(services, workspace, person);
  return { workspace, ids, credentials: await growCredentials(services, walker, { workspace, person }) };
}

async function growPerson(services: TestServices, walker: Walker, workspace: TestWorkspace): Promise<TestUser> {
  if (walker.kind === "outsider") {
    const person = await createPerson(services, { isSuperAdmin: walker.isOperator });
    await createTestWorkspace(services, { owner: person });
    return person;
  }
  if (walker.kind !== "member") return workspace.owner;
  const person = await createPerson(services);
  await addTestMember(services, workspace, person, walker.role);
  return person;
}

/** bcrypt's least cost: what a password costs is not what is walked here. */
async function createPerson(services: TestServices, options: { isSuperAdmin?: boolean } = {}): Promise<TestUser> {
  return createTestUser(services, { ...options, passwordHash: await hash(walked.password, 4) });
}

type Place = { workspace: TestWorkspace; person: TestUser };

async function growCredentials(services: TestServices, walker: Walker, { workspace, person }: Place): Promise<Credentials> {
  switch (walker.kind) {
    case "member":
      return sessionOf(services, person, { isStale: walker.isStale });
    case "outsider":
      return sessionOf(services, person);
    case "key":
      return keyOf(services, workspace, { preset: walker.preset });
    case "nobody":
      if (walker.shows === "nothing") return { cookieHeader: null, authorizationHeader: null };
      if (walker.shows === "revoked key") return keyOf(services, workspace, { preset: "all", isRevoked: true });
      return sessionOfDisabled(services, workspace);
  }
}

/** A real session; a stale one was last proven a little too long ago. */
async function sessionOf(services: TestServices, person: TestUser, options: { isStale?: boolean } = {}): Promise<Credentials> {
  const visitor = { traceId: "trc_1", ipAddress: null, userAgent: null };
  const cookieHeader = cookieOf(await openSessions(services).create(person.id, visitor));
  if (options.isStale) {
    const provenAt = new Date(services.clock.now().getTime() - proofMs - 1);
    await services.owner.updateTable("userSessions").set({ provenAt }).where("userId", "=", person.id).execute();
  }
  return { cookieHeader, authorizationHeader: null };
}

/** An owner of the workspace whose account was switched off afterwards. */
async function sessionOfDisabled(services: TestServices, workspace: TestWorkspace): Promise<Credentials> {
  const person = await createTestUser(services);
  await addTestMember(services, workspace, person, "owner");
  const credentials = await sessionOf(services, person);
  await services.owner.updateTable("users").set({ disabledAt: new Date() }).where("id", "=", person.id).execute();
  return credentials;
}

async function keyOf(
  services: TestServices,
  workspace: TestWorkspace,
  options: { preset: ApiKeyPreset; isRevoked?: boolean },
): Promise<Credentials> {
  const managing = await scopeOf(services, workspace.owner, workspace, "api_key.manage");
  const { preset } = options;
  const { apiKey, keyId } = await createApiKey(services, managing, { name: "walks", preset, expiresInDays: null });
  if (options.isRevoked) await revokeApiKey(services, managing, { keyId });
  return { cookieHeader: null, authorizationHeader: `Bearer ${apiKey}` };
}
