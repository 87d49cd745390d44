// The sweep of accounts: what has run out goes, what still counts stays.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { openSessions } from "~/server/auth/sessions";
import { issueUserToken } from "~/server/auth/user-token";
import { addTestMember, createTestUser, createTestWorkspace, principalOf } from "~/server/testing/factories";
import { browser } from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { beginPasskeySignIn } from "./begin-passkey-sign-in";
import { requestEmailChange } from "./request-email-change";
import { sweepAccounts } from "./sweep-accounts";

const day = 86_400_000;
let services: TestServices;
let start: Date;
beforeAll(async () => {
  start = new Date();
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  services.clock.set(start);
});

it("removes sessions, links, challenges, waiting sign-ins and changes of address once they have run out, not before", async () => {
  const user = await createTestUser(services);
  await openSessions(services).create(user.id, browser);
  await issueUserToken(services.across, services.clock, { userId: user.id, purpose: "reset_password" });
  await beginPasskeySignIn(services, browser);
  await requestEmailChange(services, principalOf(user), { email: "new@example.test", visitor: browser });
  await services.owner
    .insertInto("pendingSignIns")
    .values({ idHash: "hash", userId: user.id, method: "password", expiresAt: new Date(start.getTime() + 600_000) })
    .execute();
  const nothing = {
    sessions: 0,
    tokens: 0,
    pendingSignIns: 0,
    challenges: 0,
    emailChanges: 0,
    invitations: 0,
    unconfirmedAccounts: 0,
  };
  expect(await sweepAccounts(services)).toEqual(nothing);
  services.clock.advance(8 * day);
  const all = { sessions: 1, tokens: 1, pendingSignIns: 1, challenges: 1, emailChanges: 1 };
  expect(await sweepAccounts(services)).toEqual({ ...nothing, ...all });
  expect(await sweepAccounts(services)).toEqual(nothing);
});

it("forgets an invitation, and with it the address of whoever did not come, a month after it ended", async () => {
  const workspace = await createTestWorkspace(services);
  const row = { workspaceId: workspace.id, role: "member", invitedBy: workspace.owner.id, sentAt: start } as const;
  const ends = (daysAgo: number) => ({
    email: `ended-${daysAgo}@example.test`,
    expiresAt: new Date(start.getTime() - daysAgo * day),
  });
  for (const [place, ending] of [ends(31), ends(29), ends(-1)].entries()) {
    await services.owner
      .insertInto("invitations")
      .values({ ...row, ...ending, id: `inv_${place}`, tokenHash: `hash ${place}`, createdAt: start })
      .execute();
  }
  expect(await sweepAccounts(services)).toMatchObject({ invitations: 1 });
  const left = await services.owner.selectFrom("invitations").select("id").orderBy("id").execute();
  expect(left).toEqual([{ id: "inv_1" }, { id: "inv_2" }]);
});

it("removes an account that nobody confirmed within a month, with its empty workspace, and nobody else's", async () => {
  const at = (daysAgo: number) => ({ createdAt: new Date(start.getTime() - daysAgo * day) });
  const make = async (options: { emailVerified: boolean }, daysAgo: number) => {
    const owner = await createTestUser(services, options);
    await services.owner
      .updateTable("users")
      .set(at(daysAgo) as never)
      .where("id", "=", owner.id)
      .execute();
    return { owner, workspace: await createTestWorkspace(services, { owner }) };
  };
  const stale = await make({ emailVerified: false }, 31);
  const kept = [await make({ emailVerified: false }, 29), await make({ emailVerified: true }, 31)];
  const confirmed = kept[1];
  if (!confirmed) throw new Error("unreachable");
  await addTestMember(services, confirmed.workspace, stale.owner, "member");
  expect(await sweepAccounts(services)).toMatchObject({ unconfirmedAccounts: 1 });
  const users = await services.owner.selectFrom("users").select("id").execute();
  const workspaces = await services.owner.selectFrom("workspaces").select("id").execute();
  expect(users.map(({ id }) => id).sort()).toEqual(kept.map(({ owner }) => owner.id).sort());
  expect(workspaces.map(({ id }) => id).sort()).toEqual(kept.map(({ workspace }) => workspace.id).sort());
});
