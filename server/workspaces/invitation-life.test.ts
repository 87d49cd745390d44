// The life of an invitation against a model of a few lines: whatever happens in whatever order, both agree on who is in (MISSION A7).
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { WorkspaceScope } from "~/server/auth/scope";
import { createTestTenant, createTestUser, principalOf, scopeOf, type TestUser } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { acceptInvitation } from "./accept-invitation";
import { invitePerson } from "./invite-person";
import { leaveWorkspace } from "./leave-workspace";
import { listInvitations } from "./list-invitations";
import { removeMember } from "./remove-member";
import { resendInvitation } from "./resend-invitation";
import { revokeInvitation } from "./revoke-invitation";

const day = 24 * 60 * 60_000;
const visitor = { traceId: "trc_1", ipAddress: null, userAgent: null };

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());

/** What should be so: the one open invitation of the one address, and whether its person is in. */
type Model = { open: { id: string; token: string; endsAt: number } | null; spent: string[]; isMember: boolean };
type House = { scope: WorkspaceScope; workspaceId: string; invited: TestUser; stranger: TestUser };

/** Runs one act and says whether the house let it happen. */
async function happens(act: () => Promise<unknown>): Promise<boolean> {
  await services.redis.flushdb();
  return act().then(
    () => true,
    () => false,
  );
}

const now = () => services.clock.now().getTime();
const latestToken = () => /token=([0-9a-f]{64})/.exec(services.mailer.sent.at(-1)?.text ?? "")?.[1] ?? "";

abstract class Act implements fc.AsyncCommand<Model, House> {
  check(): boolean {
    return true;
  }
  abstract run(model: Model, house: House): Promise<void>;
  toString(): string {
    return this.constructor.name;
  }
}

class Invite extends Act {
  async run(model: Model, { scope, invited }: House) {
    let id = "";
    const did = await happens(async () => {
      id = (await invitePerson(services, scope, { email: invited.email, role: "member" })).invitationId;
    });
    expect(did).toBe(!model.isMember && (model.open === null || model.open.endsAt <= now()));
    if (!did) return;
    if (model.open) model.spent.push(model.open.token);
    model.open = { id, token: latestToken(), endsAt: now() + 7 * day };
  }
}

class Resend extends Act {
  async run(model: Model, { scope }: House) {
    const did = await happens(() => resendInvitation(services, scope, { invitationId: model.open?.id ?? "ivt_none" }));
    expect(did).toBe(model.open !== null);
    if (!model.open) return;
    model.spent.push(model.open.token);
    model.open = { ...model.open, token: latestToken(), endsAt: now() + 7 * day };
  }
}

class Revoke extends Act {
  async run(model: Model, { scope }: House) {
    const did = await happens(() => revokeInvitation(services, scope, { invitationId: model.open?.id ?? "ivt_none" }));
    expect(did).toBe(model.open !== null);
    if (model.open) model.spent.push(model.open.token);
    model.open = null;
  }
}

class TimePasses extends Act {
  constructor(readonly days: number) {
    super();
  }
  async run() {
    services.clock.advance(this.days * day);
  }
  override toString() {
    return `${this.days} days pass`;
  }
}

class Accept extends Act {
  async run(model: Model, { invited }: House) {
    const token = model.open?.token ?? "0".repeat(64);
    const did = await happens(() => acceptInvitation(services, principalOf(invited), { token, visitor }));
    expect(did).toBe(model.open !== null && model.open.endsAt > now() && !model.isMember);
    if (!did) return;
    model.spent.push(token);
    Object.assign(model, { open: null, isMember: true });
  }
}

class AcceptByStranger extends Act {
  async run(model: Model, { stranger }: House) {
    const token = model.open?.token ?? "0".repeat(64);
    expect(await happens(() => acceptInvitation(services, principalOf(stranger), { token, visitor }))).toBe(false);
  }
}

class AcceptSpent extends Act {
  async run(model: Model, { invited }: House) {
    for (const token of model.spent) {
      expect(await happens(() => acceptInvitation(services, principalOf(invited), { token, visitor }))).toBe(false);
    }
  }
}

class Remove extends Act {
  async run(model: Model, { scope, invited }: House) {
    expect(await happens(() => removeMember(services, scope, { userId: invited.id }))).toBe(model.isMember);
    model.isMember = false;
  }
}

class Leave extends Act {
  async run(model: Model, { invited, workspaceId }: House) {
    const did = await happens(async () => leaveWorkspace(services, await scopeOf(services, invited, { id: workspaceId })));
    expect(did).toBe(model.isMember);
    model.isMember = false;
  }
}

class Look extends Act {
  async run(model: Model, { scope, invited, workspaceId }: House) {
    expect(await happens(() => scopeOf(services, invited, { id: workspaceId }))).toBe(model.isMember);
    const state = model.open && (model.open.endsAt > now() ? "open" : "expired");
    expect((await listInvitations(services, scope)).map((item) => item.state)).toEqual(state ? [state] : []);
  }
}

it("agrees with the model through any course of events", { timeout: 120_000 }, async () => {
  const acts = [
    ...[Invite, Resend, Revoke, Accept, Accept, AcceptByStranger, AcceptSpent, Remove, Leave, Look].map((Kind) =>
      fc.constant<Act>(new Kind()),
    ),
    fc.integer({ min: 1, max: 8 }).map<Act>((days) => new TimePasses(days)),
  ];
  await fc.assert(
    fc.asyncProperty(fc.commands(acts, { maxCommands: 25, size: "max" }), async (commands) => {
      await services.reset();
      const { workspace, scope } = await createTestTenant(services);
      const [invited, stranger] = [await createTestUser(services), await createTestUser(services)];
      const house = { scope, workspaceId: workspace.id, invited, stranger };
      await fc.asyncModelRun(() => ({ model: { open: null, spent: [], isMember: false } as Model, real: house }), commands);
    }),
    { numRuns: 30, seed: 20261122 },
  );
});
