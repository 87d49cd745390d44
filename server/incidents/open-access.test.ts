// What is open ends once its person, workspace, key, session or membership has ended, for that reason, and only then.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAgent } from "~/server/agents/create-agent";
import { openSessions } from "~/server/auth/sessions";
import { createDeployment } from "~/server/deployments/create-deployment";
import { newId } from "~/server/ids";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { createCaller } from "~/server/router";
import { uploadBundle } from "~/server/testing/bundles";
import { expectOnceAtMost } from "~/server/testing/expect-once-at-most";
import { addTestMember, createTestTenant, createTestUser } from "~/server/testing/factories";
import { openFurtherProcess } from "~/server/testing/further-process";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { browser, cookieOf } from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import type { AccessSubject } from "./access-subject";
import { announceCut } from "./announce-cut";
import { openAccessOf } from "./open-access";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([createFakeProvider()]) });
  services.log.level = "silent";
});
afterAll(() => services.dispose());

/** A person with a session and a key in a workspace, and what each holds open: why it was cut, or null. */
async function openAll() {
  const { workspace } = await createTestTenant(services);
  const user = await createTestUser(services);
  await addTestMember(services, workspace, user, "member");
  const place = { userId: user.id, workspaceId: workspace.id };
  const person = (await openSessions(services).prove(cookieOf(await openSessions(services).create(user.id, browser))))?.user;
  const keyId = newId("apiKey");
  await services.owner
    .insertInto("apiKeys")
    .values({
      id: keyId,
      workspaceId: workspace.id,
      name: "k",
      preset: "read",
      prefix: "whs_",
      secretHash: keyId,
      createdBy: user.id,
    })
    .execute();
  const whys: { bySession: string | null; byKey: string | null } = { bySession: null, byKey: null };
  const open = (subject: AccessSubject, name: keyof typeof whys) =>
    openAccessOf(services).register(subject, (why) => {
      whys[name] = why.details.reason ?? "";
    });
  open({ kind: "stream", ...place, sessionIdHash: person?.sessionIdHash ?? "" }, "bySession");
  open({ kind: "stream", ...place, keyId }, "byKey");
  return { ...place, keyId, sessionIdHash: person?.sessionIdHash ?? "", whys };
}

type Opened = Awaited<ReturnType<typeof openAll>>;
const owner = () => services.owner;

const endings: [string, (of: Opened) => Promise<unknown>, Opened["whys"]][] = [
  [
    "a disabled workspace",
    (of) => owner().updateTable("workspaces").set({ disabledAt: new Date() }).where("id", "=", of.workspaceId).execute(),
    { bySession: "workspace_disabled", byKey: "workspace_disabled" },
  ],
  [
    "a disabled person",
    (of) => owner().updateTable("users").set({ disabledAt: new Date() }).where("id", "=", of.userId).execute(),
    { bySession: "account_disabled", byKey: "account_disabled" },
  ],
  [
    "a revoked key",
    (of) => owner().updateTable("apiKeys").set({ revokedAt: new Date() }).where("id", "=", of.keyId).execute(),
    { bySession: null, byKey: "api_key_ended" },
  ],
  [
    "an ended session",
    (of) => owner().deleteFrom("userSessions").where("idHash", "=", of.sessionIdHash).execute(),
    { bySession: "session_ended", byKey: null },
  ],
  [
    "a removed member",
    (of) => owner().deleteFrom("memberships").where("userId", "=", of.userId).execute(),
    { bySession: "membership_ended", byKey: null },
  ],
];

describe("open access", () => {
  for (const [name, end, expected] of endings) {
    it(`ends for ${name}, and nobody else's does`, async () => {
      const [ended, neighbour] = [await openAll(), await openAll()];
      await openAccessOf(services).look();
      expect(ended.whys).toEqual({ bySession: null, byKey: null });
      await end(ended);
      await openAccessOf(services).look();
      expect(ended.whys).toEqual(expected);
      expect(neighbour.whys).toEqual({ bySession: null, byKey: null });
    });
  }

  it("is not cut after it is over by itself", async () => {
    const { user } = await createTestTenant(services);
    let cuts = 0;
    const release = openAccessOf(services).register({ kind: "call", userId: user.id }, () => {
      cuts += 1;
    });
    release();
    await owner().updateTable("users").set({ disabledAt: new Date() }).where("id", "=", user.id).execute();
    await openAccessOf(services).look();
    expect(cuts).toBe(0);
  });

  for (const redis of ["same", "away"] as const) {
    it(`of another process ends within two seconds with Redis ${redis === "same" ? "up" : "away"}`, async () => {
      const other = openFurtherProcess(services, { redis });
      await expectOnceAtMost(2_000, async () => {
        const { user } = await createTestTenant(services);
        let reason: string | undefined;
        openAccessOf(other.services).register({ kind: "watch", userId: user.id }, (why) => {
          reason = why.details.reason;
        });
        await owner().updateTable("users").set({ disabledAt: new Date() }).where("id", "=", user.id).execute();
        const began = performance.now();
        expect(await announceCut(other.services, { kind: "user", id: user.id })).toBe(redis === "same");
        await expect.poll(() => reason).toBe("account_disabled");
        return performance.now() - began;
      });
      await other.close();
    });
  }
});

describe("a subscription", () => {
  it("ends with the reason when its member is removed", async () => {
    const { workspace, scope } = await createTestTenant(services);
    const user = await createTestUser(services);
    await addTestMember(services, workspace, user, "member");
    const { agentId } = await createAgent(services, scope, { name: "bot", description: "" });
    const { uploadId } = await uploadBundle(services, scope);
    const { deploymentId } = await createDeployment(services, scope, { agentId, uploadId, activate: true });
    const person = (await openSessions(services).prove(cookieOf(await openSessions(services).create(user.id, browser))))?.user;
    const closing = new AbortController();
    const caller = createCaller({
      services,
      request: { traceId: newId("trace"), ipAddress: null, userAgent: null, workspaceId: workspace.id },
      principal: async () => person ?? null,
      setCookie: () => undefined,
      closing: closing.signal,
    });
    const pictures = (await caller.deployments.watch({ deploymentId }))[Symbol.asyncIterator]();
    expect((await pictures.next()).value).toMatchObject({ deployment: { status: "queued" } });
    const next = pictures.next();
    await owner().deleteFrom("memberships").where("userId", "=", user.id).execute();
    await openAccessOf(services).look();
    await expect(next).rejects.toMatchObject({ code: "FORBIDDEN", message: expect.stringContaining("not a member") });
    closing.abort();
  });
});
