// Accounts elsewhere, connected and disconnected by who is signed in; and GitHub, which is asked for its addresses.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type GithubStandIn, startGithub } from "~/server/testing/github-stand-in";
import { comeBack, goToProvider } from "~/server/testing/provider-visit";
import { ada, browser, personBehind, signUpAda } from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import type { Caller } from "./begin-session";
import { disconnectIdentity } from "./disconnect-identity";
import { listSignInMethods } from "./list-sign-in-methods";
import { signOut } from "./sign-out";

let services: TestServices;
let github: GithubStandIn;

beforeAll(async () => {
  github = await startGithub();
  const { client, origin } = github;
  services = await createTestServices({
    config: { signIn: { google: null, oidc: null, github: { ...client, web: origin, api: origin } } },
  });
});
afterAll(async () => {
  await github.close();
  await services.dispose();
});
beforeEach(async () => {
  await services.reset();
  beAda();
});

function beAda(email: object = { email: ada.email, primary: true, verified: true }): void {
  github.person.user = { id: 42, login: "ada-codes", name: null };
  github.person.emails = [{ email: "old@example.test", primary: false, verified: true }, email];
}

const reasonOf = (act: Promise<unknown>) =>
  act.then(
    () => "done",
    (error) => error.details?.reason ?? error.code ?? error,
  );
const subjects = async () =>
  (await services.owner.selectFrom("externalIdentities").select(["provider", "subject", "userId"]).execute()).map((row) => row);

async function signInByGithub() {
  return comeBack(services, await goToProvider(services, github.approve, { key: "github" }));
}

/** Ada, signed in with her password, and her browser. */
async function signedInAda() {
  const user = await personBehind(services, await signUpAda(services));
  if (!user) throw new Error("not signed in");
  const caller: Caller = { ...browser, sessionIdHash: user.sessionIdHash };
  services.mailer.sent.length = 0;
  return { user, caller };
}

async function connect(caller: Caller, backIn: Caller = caller) {
  const visit = { key: "github", caller, connects: caller.sessionIdHash ?? "" };
  return comeBack(services, await goToProvider(services, github.approve, visit), backIn);
}

describe("GitHub", () => {
  it("vouches by the primary address when it is verified, and names people by a number", async () => {
    const { setCookie } = await signInByGithub();
    expect(await personBehind(services, setCookie ?? "")).toMatchObject({ email: ada.email, displayName: "ada-codes" });
    expect(await subjects()).toMatchObject([{ provider: github.origin.origin, subject: "42" }]);
  });

  it("vouches for nobody by an address that is only unverified, or only secondary", async () => {
    beAda({ email: ada.email, primary: true, verified: false });
    expect(await reasonOf(signInByGithub())).toBe("email_unverified");
    beAda({ email: ada.email, primary: false, verified: true });
    expect(await reasonOf(signInByGithub())).toBe("email_unverified");
    expect(await subjects()).toEqual([]);
  });

  it("answering nonsense, or refusing the code with a status of 200, lets nobody in", async () => {
    for (const emails of ["nonsense", [{ email: 1 }]]) {
      github.person.emails = emails;
      expect(await reasonOf(signInByGithub())).toBe("oauth_provider_failed");
    }
    beAda();
    const returned = await goToProvider(services, github.approve, { key: "github" });
    const wrong = { ...returned, input: { ...returned.input, code: "made up" } };
    expect(await reasonOf(comeBack(services, wrong))).toBe("oauth_provider_failed");
    expect(await subjects()).toEqual([]);
  });
});

describe("connecting", () => {
  it("ties the identity to who asked, whatever its address, and tells them by mail", async () => {
    const { user, caller } = await signedInAda();
    beAda({ email: "elsewhere@example.test", primary: true, verified: false });
    expect(await connect(caller)).toEqual({ kind: "connected", to: "/account", setCookie: null });
    expect(await subjects()).toMatchObject([{ subject: "42", userId: user.userId }]);
    expect(services.mailer.sent).toMatchObject([{ to: ada.email, subject: "GitHub was connected to your account" }]);
    const { setCookie } = await signInByGithub();
    expect(await personBehind(services, setCookie ?? "")).toMatchObject({ userId: user.userId });
    expect(await listSignInMethods(services, user)).toMatchObject({
      hasPassword: true,
      identities: [{ providerName: "GitHub" }],
      offered: [{ key: "github", name: "GitHub" }],
    });
  });

  it("is finished by the session that began it only, and not after it has ended", async () => {
    const { user, caller } = await signedInAda();
    expect(await reasonOf(connect(caller, browser))).toBe("oauth_state");
    expect(await reasonOf(connect(caller, { ...caller, sessionIdHash: "0".repeat(64) }))).toBe("oauth_state");
    await signOut(services, user, browser);
    expect(await reasonOf(connect(caller))).toBe("UNAUTHENTICATED");
    expect(await subjects()).toEqual([]);
  });

  it("refuses an identity that signs in to another account", async () => {
    beAda({ email: "grace@example.test", primary: true, verified: true });
    await signInByGithub();
    const { caller } = await signedInAda();
    expect(await reasonOf(connect(caller))).toBe("identity_taken");
    expect(await subjects()).toHaveLength(1);
  });
});

describe("disconnecting", () => {
  const identityOf = async (userId: string) =>
    (await services.owner.selectFrom("externalIdentities").select("id").where("userId", "=", userId).executeTakeFirstOrThrow())
      .id;

  it("shuts the way, and tells by mail", async () => {
    const { user, caller } = await signedInAda();
    await connect(caller);
    services.mailer.sent.length = 0;
    await disconnectIdentity(services, user, { identityId: await identityOf(user.userId), visitor: browser });
    expect(await subjects()).toEqual([]);
    expect(services.mailer.sent).toMatchObject([{ to: ada.email, subject: "GitHub was disconnected from your account" }]);
  });

  it("leaves the last way in, and somebody else's alone", async () => {
    const { setCookie } = await signInByGithub();
    const user = await personBehind(services, setCookie ?? "");
    if (!user) throw new Error("not signed in");
    const own = { identityId: await identityOf(user.userId), visitor: browser };
    expect(await reasonOf(disconnectIdentity(services, user, own))).toBe("last_way_in");
    expect(await reasonOf(disconnectIdentity(services, { ...user, userId: "usr_other" }, own))).toBe("NOT_FOUND");
    expect(await subjects()).toHaveLength(1);
  });
});
