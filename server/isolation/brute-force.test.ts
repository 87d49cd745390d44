// Guessing: passwords, second factors, tokens and keys, from one place and from many (MISSION B6).
import { hash } from "@node-rs/bcrypt";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { signIn } from "~/server/accounts/sign-in";
import { newApiKey } from "~/server/auth/api-key-format";
import { authenticateRequest } from "~/server/auth/authenticate-request";
import { AppError, type ErrorCode } from "~/server/errors";
import { newId } from "~/server/ids";
import { createCaller } from "~/server/router";
import { createTestUser } from "~/server/testing/factories";
import { growWalking } from "~/server/testing/isolation-world";
import { recordWork } from "~/server/testing/record-work";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { appErrorOf } from "~/server/trpc/init";
import { idsBy, missingIds } from "./named-ids";
import { procedureRows } from "./procedure-rows";
import { walkers } from "./walkers";

vi.mock("@node-rs/bcrypt", async (original) => {
  const { countHashes } = await import("~/server/testing/count-hashes");
  return countHashes(await original());
});

const right = "the right password";
const missing = idsBy((name) => missingIds[name]());

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

type Guess = { outcome: "in" | ErrorCode; retryAfterSeconds?: number | undefined };

async function guess(email: string, password: string, ipAddress: string): Promise<Guess> {
  const caller = { traceId: newId("trace"), ipAddress, userAgent: null, sessionIdHash: null };
  return signIn(services, caller, { email, password }).then(() => ({ outcome: "in" }), refusalOf);
}

function refusalOf(thrown: unknown): Guess {
  if (!(thrown instanceof AppError)) throw thrown;
  return { outcome: thrown.code, retryAfterSeconds: thrown.details.retryAfterSeconds };
}

async function person(email: string): Promise<void> {
  await createTestUser(services, { email, passwordHash: await hash(right, 4) });
}

/** Places of the internet, as many as are asked for. */
const place = (number: number) => `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;

describe("a guesser of passwords", () => {
  it("at one account from one place is stopped after ten, right or wrong, and told when to come back", async () => {
    await person("ada@example.test");
    for (let tries = 0; tries < 10; tries += 1) {
      expect((await guess("ada@example.test", `wrong ${tries}`, place(1))).outcome).toBe("INVALID_REQUEST");
    }
    const { answer, work } = await recordWork(() => guess("ada@example.test", right, place(1)));
    expect(answer).toEqual({ outcome: "RATE_LIMITED", retryAfterSeconds: expect.any(Number) });
    expect(answer.retryAfterSeconds).toBeGreaterThan(0);
    expect([work.hashes, work.statements]).toEqual([0, []]);
    expect((await guess("ada@example.test", right, place(2))).outcome).toBe("in");
  });

  it("at one account from everywhere gets a hundred guesses an hour, not one more", async () => {
    await person("ada@example.test");
    let judged = 0;
    for (let tries = 0; tries < 150; tries += 1) {
      if ((await guess("ada@example.test", "wrong", place(tries))).outcome === "INVALID_REQUEST") judged += 1;
    }
    expect(judged).toBe(100);
  });

  it("at every account from one place gets sixty guesses", async () => {
    let judged = 0;
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await guess(`person-${tries}@example.test`, "password1", place(1))).outcome === "INVALID_REQUEST") judged += 1;
    }
    expect(judged).toBe(60);
  });

  it("does not get more by another spelling of the address, nor by racing", async () => {
    await person("ada@example.test");
    const spellings = ["ada@example.test", "ADA@example.test", " ada@EXAMPLE.test ", "ａda@example.test"];
    const tries = Array.from({ length: 40 }, (_, number) =>
      callPublic("accounts.signIn", { email: spellings[number % 4], password: "wrong" }, place(1)),
    );
    const outcomes = await Promise.all(tries);
    expect(outcomes.filter((outcome) => outcome === "INVALID_REQUEST")).toHaveLength(10);
    expect(outcomes.filter((outcome) => outcome === "RATE_LIMITED")).toHaveLength(30);
  });
});

type Callable = { [name: string]: Callable } & ((input: unknown) => Promise<unknown>);

async function callPublic(path: string, input: unknown, ipAddress: string): Promise<string> {
  const caller = createCaller({
    services,
    request: { traceId: newId("trace"), ipAddress, userAgent: null, workspaceId: null },
    principal: async () => null,
    setCookie: () => undefined,
    cookieHeader: null,
    closing: AbortSignal.timeout(30_000),
  } as Parameters<typeof createCaller>[0]) as unknown as Callable;
  const procedure = path.split(".").reduce((at, name) => at[name] as Callable, caller);
  return procedure(input).then(
    () => "in",
    (thrown) => appErrorOf(thrown).code,
  );
}

/** What takes a secret from somebody who is nobody yet, as the table of the walk knows it. */
const takesSecret = Object.entries(procedureRows).filter(([, row]) => {
  const input = row.who === "anybody" ? row.input(missing) : null;
  return typeof input === "object" && input !== null && ["token", "code", "password"].some((name) => name in input);
});

describe("whoever guesses without end from one place", () => {
  it("finds every such procedure in this test", () => expect(takesSecret.length).toBeGreaterThan(4));

  for (const [path, row] of takesSecret) {
    it(`is stopped at ${path} before the hundredth try`, async () => {
      const outcomes: string[] = [];
      for (let tries = 0; tries < 100 && outcomes.at(-1) !== "RATE_LIMITED"; tries += 1) {
        outcomes.push(await callPublic(path, row.input(missing), place(1)));
      }
      expect(outcomes.at(-1)).toBe("RATE_LIMITED");
    });
  }

  for (const path of ["accounts.signUp", "accounts.resendVerification", "accounts.requestPasswordReset"]) {
    it(`with a new address each time is stopped at ${path} too: nobody makes us flood the world with letters`, async () => {
      const outcomes: string[] = [];
      const input = procedureRows[path]?.input(missing) as object;
      for (let tries = 0; tries < 30; tries += 1) {
        outcomes.push(await callPublic(path, { ...input, email: `person-${tries}@example.test` }, place(1)));
      }
      expect(outcomes.filter((outcome) => outcome === "in")).toHaveLength(20);
    });
  }
});

describe("a guesser of keys", () => {
  const prove = (key: string) =>
    recordWork(() =>
      authenticateRequest(services, { cookieHeader: null, authorizationHeader: `Bearer ${key}` }).then(
        () => ({ outcome: "in" }),
        refusalOf,
      ),
    );

  it("who cannot even count the checksum costs no query", async () => {
    for (const key of ["whs_x", "whs_", `${newApiKey().slice(0, -1)}-`, newApiKey().replace(/_(.)/, "_!"), "x".repeat(10_000)]) {
      const { answer, work } = await prove(key);
      expect([answer.outcome, work.statements]).toEqual(["UNAUTHENTICATED", []]);
    }
  });

  it("who can learns the same from every key that is none, revoked ones among them", async () => {
    const revoked = walkers.find(({ name }) => name === "revoked key");
    const { credentials } = await growWalking(services, revoked ?? (walkers[0] as (typeof walkers)[0]));
    const said = async (authorizationHeader: string | null) =>
      authenticateRequest(services, { cookieHeader: null, authorizationHeader }).catch((thrown: AppError) => [
        thrown.code,
        thrown.message,
      ]);
    expect(await said(credentials.authorizationHeader)).toEqual(await said(`Bearer ${newApiKey()}`));
  });
});
