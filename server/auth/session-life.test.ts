// The life of sessions against a model of a few lines: whatever happens in whatever order, both agree on who is signed in (MISSION B4).
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { changePassword } from "~/server/accounts/change-password";
import { revokeAllSessions } from "~/server/accounts/revoke-all-sessions";
import { revokeSession } from "~/server/accounts/revoke-session";
import { sha256Hex } from "~/server/sha256";
import { createTestUser, principalOf, type TestUser } from "~/server/testing/factories";
import { cookieOf, personBehind } from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { hashPassword } from "./passwords";
import type { UserPrincipal } from "./principal";
import { openSessions } from "./sessions";

// The real bcrypt at a low cost, so that the tests are quick.
vi.mock("@node-rs/bcrypt", async (original) => {
  const real = await original<typeof import("@node-rs/bcrypt")>();
  return { ...real, hash: (password: string) => real.hash(password, 4) };
});

const hour = 60 * 60_000;
const day = 24 * hour;
const [idle, absolute] = [7 * day, 30 * day];
const password = "the one that it always is";
const visitor = { traceId: "trc_1", ipAddress: null, userAgent: null };

let services: TestServices;
let user: TestUser;
beforeAll(async () => {
  services = await createTestServices();
  user = await createTestUser(services, { passwordHash: await hashPassword(password) });
});
afterAll(() => services.dispose());
beforeEach(clear);

async function clear(): Promise<void> {
  await services.owner.deleteFrom("userSessions").execute();
  await services.owner.updateTable("users").set({ disabledAt: null }).execute();
}

const now = () => services.clock.now().getTime();

type Life = { cookie: string; beganAt: number; usedAt: number };
/** What should be so: the sessions that were never revoked, and whether their person may come in. */
type Model = { lives: Life[]; isDisabled: boolean };

/** The house lags behind use by an hour at most, so within that hour both answers are right. */
function verdict(life: Life, model: Model): "live" | "dead" | "either" {
  const [unused, age] = [now() - life.usedAt, now() - life.beganAt];
  if (model.isDisabled || unused >= idle || age >= absolute) return "dead";
  return unused < idle - hour && age < absolute - 1_000 ? "live" : "either";
}

/** Asks the house about one session, and the model with it. */
async function look(model: Model, life: Life): Promise<UserPrincipal | null> {
  const person = await personBehind(services, life.cookie);
  const expected = verdict(life, model);
  if (expected !== "either") expect(person !== null).toBe(expected === "live");
  if (person) life.usedAt = now();
  else if (!model.isDisabled) model.lives = model.lives.filter((other) => other !== life);
  return person;
}

abstract class Act implements fc.AsyncCommand<Model, null> {
  constructor(readonly pick: number) {}
  check(): boolean {
    return true;
  }
  abstract run(model: Model): Promise<void>;
  toString(): string {
    return `${this.constructor.name} ${this.pick}`;
  }
  protected one(model: Model): Life | undefined {
    return model.lives[this.pick % Math.max(1, model.lives.length)];
  }
}

class Begin extends Act {
  async run(model: Model) {
    const cookie = cookieOf(await openSessions(services).create(user.id, visitor));
    model.lives.push({ cookie, beganAt: now(), usedAt: now() });
  }
}

class Use extends Act {
  async run(model: Model) {
    const life = this.one(model);
    if (life) await look(model, life);
  }
}

class Pass extends Act {
  async run(_model: Model) {
    services.clock.advance(this.pick * hour);
  }
}

class RevokeOne extends Act {
  async run(model: Model) {
    const life = this.one(model);
    if (!life) return;
    const sessionId = sha256Hex(life.cookie.split("=")[1] ?? "").slice(0, 32);
    await revokeSession(services, principalOf(user), { sessionId, visitor });
    model.lives = model.lives.filter((other) => other !== life);
    expect(await personBehind(services, life.cookie)).toBeNull();
  }
}

class RevokeAll extends Act {
  async run(model: Model) {
    await revokeAllSessions(services, principalOf(user), visitor);
    await expectNobody(model);
  }
}

class ChangePassword extends Act {
  async run(model: Model) {
    await services.redis.flushdb();
    const change = { currentPassword: password, newPassword: password, visitor };
    const changing = changePassword(services, principalOf(user), change);
    if (model.isDisabled) return expect(changing).rejects.toMatchObject({ details: { reason: "wrong_credentials" } });
    const { setCookie } = await changing;
    await expectNobody(model);
    model.lives = [{ cookie: cookieOf(setCookie), beganAt: now(), usedAt: now() }];
  }
}

class Disable extends Act {
  async run(model: Model) {
    model.isDisabled = this.pick % 2 === 0;
    const disabledAt = model.isDisabled ? services.clock.now() : null;
    await services.owner.updateTable("users").set({ disabledAt }).where("id", "=", user.id).execute();
  }
}

async function expectNobody(model: Model): Promise<void> {
  for (const { cookie } of model.lives) expect(await personBehind(services, cookie)).toBeNull();
  model.lives = [];
}

/** Milliseconds: passwords are hashed a hundred times, which is meant to be slow. */
const livesTimeoutMs = 90_000;

it("whatever happens, a session lives until it is idle, old or revoked, and no longer", { timeout: livesTimeoutMs }, async () => {
  const picks = fc.nat({ max: 9 });
  const acts = [
    picks.map((pick) => new Begin(pick)),
    picks.map((pick) => new Use(pick)),
    fc.constantFrom(1, 12, 24, 100, 166, 167, 168, 169).map((hours) => new Pass(hours)),
    picks.map((pick) => new RevokeOne(pick)),
    picks.map((pick) => new RevokeAll(pick)),
    picks.map((pick) => new ChangePassword(pick)),
    picks.map((pick) => new Disable(pick)),
  ];
  const lives = fc.asyncProperty(fc.commands(acts, { maxCommands: 40, size: "max" }), async (commands) => {
    await clear();
    const model: Model = { lives: [], isDisabled: false };
    await fc.asyncModelRun(() => ({ model, real: null }), commands);
    for (const life of [...model.lives]) await look(model, life);
  });
  await fc.assert(lives, { numRuns: 60 });
});

it("used every six days it lives to the last second of its thirty days; unused it ends with the seventh", async () => {
  const begin = async () => cookieOf(await openSessions(services).create(user.id, visitor));
  const [used, unused] = [await begin(), await begin()];
  for (let visits = 0; visits < 4; visits += 1) {
    services.clock.advance(6 * day);
    expect(await personBehind(services, used), `visit ${visits}`).not.toBeNull();
  }
  expect(await personBehind(services, unused)).toBeNull();
  services.clock.advance(6 * day - 1_000);
  expect(await personBehind(services, used)).not.toBeNull();
  services.clock.advance(1_000);
  expect(await personBehind(services, used)).toBeNull();
});
