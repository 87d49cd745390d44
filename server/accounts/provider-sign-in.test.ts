// Signing in with a real OpenID provider: who becomes whom, and what an address that nobody vouches for cannot do (MISSION B1, B2).
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inTransaction } from "~/db/transaction";
import { type OidcStandIn, startOidc } from "~/server/testing/oidc-stand-in";
import { comeBack, goToProvider, visitAs } from "~/server/testing/provider-visit";
import { ada, askForReset, browser, personBehind, signUpAda, signUpAs, tokenFromLetter } from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { lockUserByEmailAcrossWorkspaces } from "./accounts.queries";
import { resetPassword } from "./reset-password";
import { signIn } from "./sign-in";
import { verifyEmail } from "./verify-email";
import { countWaysInAcrossWorkspaces } from "./ways-in.queries";

let services: TestServices;
let provider: OidcStandIn;

beforeAll(async () => {
  const site = "http://127.0.0.1:3000";
  provider = await startOidc([`${site}/sign-in/with/oidc/callback`, `${site}/sign-in/with/google/callback`]);
  const { issuer, client } = provider;
  const signIn = { google: { ...client, issuer }, github: null, oidc: { ...client, issuer, name: "Example" } };
  services = await createTestServices({ config: { signIn } });
});
afterAll(async () => {
  await provider.close();
  await services.dispose();
});
beforeEach(async () => {
  await services.reset();
  provider.accounts.clear();
  provider.accounts.set("ada-there", { email: "Ada@Example.test", email_verified: true, name: "Ada L." });
});

const users = () => services.owner.selectFrom("users").selectAll().orderBy("createdAt").execute();
const audit = async (action: string) =>
  (await services.owner.selectFrom("auditEntries").selectAll().where("action", "=", action).execute()).map((row) => row.metadata);
const reasonOf = (act: Promise<unknown>) =>
  act.then(
    () => "done",
    (error) => error.details?.reason ?? error,
  );

describe("a person whom nobody knows yet", () => {
  it("gets an account without a password, a confirmed address, a workspace, and a session", async () => {
    const { kind, to, setCookie } = await visitAs(services, provider, "ada-there");
    expect([kind, to]).toEqual(["signed_in", "/account"]);
    expect(await personBehind(services, setCookie ?? "")).toMatchObject({ email: "ada@example.test", displayName: "Ada L." });
    expect(await users()).toMatchObject([{ passwordHash: null, emailVerifiedAt: services.clock.now() }]);
    expect(await services.owner.selectFrom("workspaces").select("name").execute()).toEqual([{ name: "Ada L.'s workspace" }]);
    expect(services.mailer.sent).toEqual([]);
  });

  it("is the same person the next time, by the subject alone: whatever address is told by then", async () => {
    await visitAs(services, provider, "ada-there");
    provider.accounts.set("ada-there", { email: "ada@elsewhere.test", email_verified: false });
    const { setCookie } = await visitAs(services, provider, "ada-there");
    expect(await personBehind(services, setCookie ?? "")).toMatchObject({ email: "ada@example.test" });
    expect(await users()).toHaveLength(1);
  });

  it("becomes one person when ten first sign-ins come back at the same moment", async () => {
    const returns = await Promise.all(
      Array.from({ length: 10 }, () => goToProvider(services, (location) => provider.signInAs(location, "ada-there"))),
    );
    const finished = await Promise.allSettled(returns.map((returned) => comeBack(services, returned)));
    expect(finished.map((outcome) => outcome.status)).toEqual(Array.from({ length: 10 }, () => "fulfilled"));
    expect(await users()).toHaveLength(1);
    expect(await services.owner.selectFrom("externalIdentities").select("id").execute()).toHaveLength(1);
    expect(await services.owner.selectFrom("workspaces").select("id").execute()).toHaveLength(1);
  });

  it("begins sessions while somebody changes the account: the two never wait for each other in a circle", async () => {
    const { setCookie } = await visitAs(services, provider, "ada-there");
    const person = await personBehind(services, setCookie ?? "");
    // What a session's foreign key asks for; `nowait` fails where it would have to wait.
    const nameIt = () => sql`select from users where id = ${person?.userId} for key share nowait`.execute(services.across);
    await inTransaction(services.across, async (tx) => {
      await lockUserByEmailAcrossWorkspaces(tx, "ada@example.test");
      await expect(nameIt()).resolves.toBeDefined();
    });
    await inTransaction(services.across, async (tx) => {
      await countWaysInAcrossWorkspaces(tx, person?.userId ?? "");
      await expect(nameIt()).resolves.toBeDefined();
    });
  });

  it("makes no account with an address that the provider does not vouch for, or with none", async () => {
    for (const claims of [
      { email: "ada@example.test", email_verified: false },
      { email: "ada@example.test" },
      {},
      { email: "no address", email_verified: true },
    ]) {
      provider.accounts.set("ada-there", claims);
      expect(await reasonOf(visitAs(services, provider, "ada-there"))).toBe("email_unverified");
    }
    expect(await users()).toEqual([]);
    expect((await audit("session.refuse"))[0]).toMatchObject({ method: "oauth", provider: "oidc", reason: "email_unverified" });
  });

  it("greets by a name that carries no message of its own", async () => {
    provider.accounts.set("ada-there", { email: "ada@example.test", email_verified: true, name: "Win at https://evil.test" });
    await visitAs(services, provider, "ada-there");
    expect(await users()).toMatchObject([{ displayName: "ada" }]);
  });
});

describe("an account with the same address", () => {
  it("that was confirmed is joined, with a letter and a line in the audit log; its password stays", async () => {
    await signUpAda(services);
    services.mailer.sent.length = 0;
    await visitAs(services, provider, "ada-there");
    expect(await users()).toHaveLength(1);
    expect(services.mailer.sent).toMatchObject([{ to: ada.email, subject: "Example now signs in to your account" }]);
    expect(await audit("identity.connect")).toMatchObject([{ provider: "oidc" }]);
    await expect(signIn(services, browser, ada)).resolves.toMatchObject({ kind: "signed_in" });
    await visitAs(services, provider, "ada-there");
    expect(services.mailer.sent).toHaveLength(1);
  });

  it("that was never confirmed loses all that a stranger chose: password, name, links, sessions", async () => {
    await signUpAs(services, browser, { ...ada, displayName: "Mallory" });
    const confirmation = { token: tokenFromLetter(services), password: ada.password };
    await askForReset(services, ada.email);
    const reset = { token: tokenFromLetter(services), password: "a brand new password" };
    const { setCookie } = await visitAs(services, provider, "ada-there");
    expect(await personBehind(services, setCookie ?? "")).toMatchObject({ email: ada.email, displayName: "Ada L." });
    expect(await users()).toMatchObject([{ passwordHash: null, emailVerifiedAt: services.clock.now() }]);
    expect(await reasonOf(signIn(services, browser, ada))).toBe("wrong_credentials");
    expect(await reasonOf(verifyEmail(services, browser, confirmation))).toBe("link_dead");
    expect(await reasonOf(resetPassword(services, browser, reset))).toBe("link_dead");
    expect(await audit("user.take_over")).toMatchObject([{ provider: "oidc" }]);
  });

  it("is not joined by an address that the provider does not vouch for", async () => {
    await signUpAda(services);
    provider.accounts.set("eve-there", { email: ada.email, email_verified: false });
    expect(await reasonOf(visitAs(services, provider, "eve-there"))).toBe("email_unverified");
    expect(await services.owner.selectFrom("externalIdentities").select("id").execute()).toEqual([]);
  });

  it("is not joined by one that only looks alike: a Cyrillic letter is refused, a digit for a letter is somebody else", async () => {
    await signUpAda(services);
    provider.accounts.set("eve-there", { email: "\u0430da@example.test", email_verified: true });
    expect(await reasonOf(visitAs(services, provider, "eve-there"))).toBe("email_unverified");
    provider.accounts.set("eve-there", { email: "ada@examp1e.test", email_verified: true });
    const { setCookie } = await visitAs(services, provider, "eve-there");
    expect(await personBehind(services, setCookie ?? "")).toMatchObject({ email: "ada@examp1e.test" });
    expect(await users()).toHaveLength(2);
  });

  it("is not joined by one that becomes it only by how we write addresses down: to a provider those are two mailboxes", async () => {
    await signUpAda(services);
    for (const email of ["\uff41da@example.test", "ada@example.te\u017ft", "ad\u00aa@example.test"]) {
      provider.accounts.set("eve-there", { email, email_verified: true });
      expect(await reasonOf(visitAs(services, provider, "eve-there"))).toBe("email_unverified");
    }
    expect(await services.owner.selectFrom("externalIdentities").select("id").execute()).toEqual([]);
  });

  it("of a disabled person stays shut, known or not", async () => {
    await visitAs(services, provider, "ada-there");
    await services.owner.updateTable("users").set({ disabledAt: services.clock.now() }).execute();
    expect(await reasonOf(visitAs(services, provider, "ada-there"))).toBe("account_disabled");
    provider.accounts.set("ada-twice", { email: ada.email, email_verified: true });
    expect(await reasonOf(visitAs(services, provider, "ada-twice"))).toBe("account_disabled");
  });
});

describe("an account without a password", () => {
  it("is refused by the password form in the words for any wrong password", async () => {
    await visitAs(services, provider, "ada-there");
    const tries = [signIn(services, browser, ada), signIn(services, browser, { ...ada, email: "nobody@example.test" })];
    const [passwordless, unknown] = await Promise.all(tries.map((act) => act.catch((error) => `${error.code} ${error.message}`)));
    expect(passwordless).toBe(unknown);
  });
});

describe("a session", () => {
  it("is always a fresh one, and ends the one that the browser presented", async () => {
    const planted = await signUpAda(services);
    const before = await personBehind(services, planted);
    const caller = { ...browser, sessionIdHash: before?.sessionIdHash ?? null };
    const { setCookie } = await visitAs(services, provider, "ada-there", { caller });
    expect(setCookie).not.toBe(planted);
    expect(await personBehind(services, planted)).toBeNull();
  });
});

describe("Google", () => {
  it("is an issuer like any other, and its subjects are kept under its address", async () => {
    await visitAs(services, provider, "ada-there", { key: "google" });
    const rows = await services.owner.selectFrom("externalIdentities").select(["provider", "subject"]).execute();
    expect(rows).toEqual([{ provider: provider.issuer.origin, subject: "ada-there" }]);
  });
});
