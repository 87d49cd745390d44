// A provider, or somebody in its place, that answers what is not so; and people who come back in every wrong way.
import { createServer, type Server, type ServerResponse } from "node:http";
import { decodeJwt, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readAttempt } from "~/server/auth/oauth/sign-in-attempt";
import { type OidcStandIn, startOidc } from "~/server/testing/oidc-stand-in";
import { comeBack, goToProvider, type Return, visitAs } from "~/server/testing/provider-visit";
import { browser } from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { redirectUriOf } from "./oauth-providers";

let services: TestServices;
let provider: OidcStandIn;

beforeAll(async () => {
  provider = await startOidc(["http://127.0.0.1:3000/sign-in/with/oidc/callback"]);
  services = await createTestServices({ config: { ...configWith(provider.issuer), logLevel: "error" } });
});
afterAll(async () => {
  await provider.close();
  await services.dispose();
});
beforeEach(async () => {
  await services.reset();
  Object.assign(provider.misbehaviour, { intercept: null, idToken: null });
  services.clock.set(new Date());
  provider.accounts.set("ada-there", { email: "ada@example.test", email_verified: true });
});

function configWith(issuer: URL) {
  return { signIn: { google: null, github: null, oidc: { ...provider.client, issuer, name: "Example" } } };
}

const visit = () => visitAs(services, provider, "ada-there");
const depart = () => goToProvider(services, (location) => provider.signInAs(location, "ada-there"));
const reasonOf = (act: Promise<unknown>) =>
  act.then(
    () => "done",
    (error) => error.details?.reason ?? error,
  );
const written = async () => [
  await services.owner.selectFrom("users").select("id").execute(),
  await services.owner.selectFrom("externalIdentities").select("id").execute(),
  await services.owner.selectFrom("userSessions").select("userId").execute(),
];
const nothing = [[], [], []];
const refusals = async () =>
  (await services.owner.selectFrom("auditEntries").select("metadata").where("action", "=", "session.refuse").execute()).map(
    (row) => row.metadata,
  );

/** The id token with other claims, signed by the provider's own key: only what it says is wrong. */
const saying = (claims: (genuine: JWTPayload) => JWTPayload) => (token: string) =>
  new SignJWT(claims(decodeJwt(token)))
    .setProtectedHeader({ alg: "RS256", kid: provider.signing.kid })
    .sign(provider.signing.key);

const seconds = () => Math.floor(Date.now() / 1_000);

describe("an id token", () => {
  const forgeries: [string, (token: string) => Promise<string>][] = [
    ["for another sign-in", saying((claims) => ({ ...claims, nonce: "another" }))],
    ["without a nonce", saying(({ nonce: _nonce, ...claims }) => claims)],
    ["for another client", saying((claims) => ({ ...claims, aud: "somebody else" }))],
    ["for several clients, issued to another", saying((claims) => ({ ...claims, aud: ["our:app", "them"], azp: "them" }))],
    ["for several clients, not saying to whom it was issued", saying((claims) => ({ ...claims, aud: ["our:app", "them"] }))],
    ["of another issuer", saying((claims) => ({ ...claims, iss: "https://evil.test" }))],
    ["that ran out more than a minute ago", saying((claims) => ({ ...claims, exp: seconds() - 70 }))],
    ["from more than a minute ahead", saying((claims) => ({ ...claims, iat: seconds() + 90 }))],
    ["that was made long ago", saying((claims) => ({ ...claims, iat: seconds() - 3_600 }))],
    ["without an end", saying(({ exp: _exp, ...claims }) => claims)],
    ["without a subject", saying(({ sub: _sub, ...claims }) => claims)],
    ["signed by another key", otherKey],
    ["signed with our own client secret", hmac],
    ["signed by nobody", async (token) => `${btoaUrl({ alg: "none" })}.${token.split(".")[1]}.`],
    ["whose signature was cut", async (token) => token.slice(0, -6)],
    ["that is none", async () => "garbage"],
  ];
  for (const [what, forge] of forgeries) {
    it(`${what} lets nobody in, writes nothing but the refusal`, async () => {
      provider.misbehaviour.idToken = forge;
      expect(await reasonOf(visit())).toBe("oauth_not_genuine");
      expect(await written()).toEqual(nothing);
      expect(await refusals()).toMatchObject([{ provider: "oidc", reason: "oauth_not_genuine" }]);
    });
  }

  it("by a clock that goes up to a minute wrong is taken", async () => {
    provider.misbehaviour.idToken = saying((claims) => ({ ...claims, exp: seconds() - 40, iat: seconds() - 100 }));
    expect(await reasonOf(visit())).toBe("done");
    provider.misbehaviour.idToken = saying((claims) => ({ ...claims, iat: seconds() + 40 }));
    expect(await reasonOf(visit())).toBe("done");
  });

  async function otherKey(token: string): Promise<string> {
    const { privateKey } = await generateKeyPair("RS256");
    return new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: "RS256", kid: provider.signing.kid }).sign(privateKey);
  }

  function hmac(token: string): Promise<string> {
    const secret = new TextEncoder().encode(provider.client.clientSecret.padEnd(32, "\0"));
    return new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: "HS256", kid: provider.signing.kid }).sign(secret);
  }

  function btoaUrl(part: object): string {
    return Buffer.from(JSON.stringify(part)).toString("base64url");
  }
});

describe("the address", () => {
  it("is asked for at the user info when the id token does not tell it, of the same person only", async () => {
    const mute = ({ email: _email, email_verified: _verified, ...claims }: JWTPayload) => claims;
    provider.misbehaviour.idToken = saying(mute);
    expect(await reasonOf(visit())).toBe("done");
    answerAt("/me", (response) => response.end(JSON.stringify({ sub: "eve", email: "ada@example.test", email_verified: true })));
    provider.misbehaviour.idToken = saying((claims) => ({ ...mute(claims), sub: "grace-there" }));
    expect(await reasonOf(visit())).toBe("oauth_provider_failed");
  });
});

/** Answers one path of the provider in its place. */
function answerAt(path: string, answer: (response: ServerResponse) => void): void {
  provider.misbehaviour.intercept = (request, response) => {
    if (!request.url?.startsWith(path)) return false;
    answer(response);
    return true;
  };
}

describe("a token endpoint", () => {
  const troubles: [string, (response: ServerResponse) => void][] = [
    ["answers 500", (response) => response.writeHead(500).end("<h1>oops")],
    ["answers with something that is no JSON", (response) => response.end("<html>")],
    ["answers without tokens", (response) => response.end("{}")],
    ["leads elsewhere", (response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end()],
    ["hangs up", (response) => response.destroy()],
  ];
  for (const [what, answer] of troubles) {
    it(`that ${what} lets nobody in and leaves nothing behind`, async () => {
      const returned = await depart();
      answerAt("/token", answer);
      expect(["oauth_provider_failed", "oauth_not_genuine"]).toContain(await reasonOf(comeBack(services, returned)));
      expect(await written()).toEqual(nothing);
    });
  }
});

describe("somebody who comes back", () => {
  it("and said no is told so, and nothing is written down", async () => {
    const returned = await goToProvider(services, (location) => provider.deny(location));
    expect(await reasonOf(comeBack(services, returned))).toBe("oauth_denied");
    expect([await written(), await refusals()]).toEqual([nothing, []]);
  });

  it("with an error of the provider's is told whose it is, without its words", async () => {
    const { input, cookieHeader } = await depart();
    const broken: Return = { cookieHeader, input: { ...input, code: null, error: "server_error <script>" } };
    const said = await comeBack(services, broken).catch((error) => error);
    expect([said.details.reason, said.message.includes("script")]).toEqual(["oauth_refused", false]);
  });

  it("twice with the same answer is let in once, also when ten come at the same moment", async () => {
    const returned = await depart();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => reasonOf(comeBack(services, returned))));
    expect(outcomes.sort()).toEqual(["done", ...Array.from({ length: 9 }, () => "oauth_replayed")]);
  });

  it("in another browser, after ten minutes, with another state or none, or to another provider, is sent away", async () => {
    const [first, second] = [await depart(), await depart()];
    const { input, cookieHeader } = first;
    const wrong: Return[] = [
      { input, cookieHeader: "" },
      { input, cookieHeader: second.cookieHeader },
      { input, cookieHeader: `${cookieHeader.slice(0, -5)}AAAAA` },
      { input: { ...input, state: null }, cookieHeader },
      { input: { ...input, state: `${input.state}x` }, cookieHeader },
      { input: { ...input, state: second.input.state }, cookieHeader },
    ];
    for (const returned of wrong) expect(await reasonOf(comeBack(services, returned))).toBe("oauth_state");
    await expect(comeBack(services, { input: { ...input, provider: "github" }, cookieHeader })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    services.clock.advance(10 * 60_000 + 1_000);
    expect(await reasonOf(comeBack(services, first))).toBe("oauth_state");
    expect(await written()).toEqual(nothing);
  });

  it("with a cookie of another installation, even one with the same secret, is sent away", async () => {
    const { cookieHeader } = await depart();
    const elsewhere = { ...services, config: { ...services.config, publicUrl: new URL("http://localhost:3000") } };
    expect(await readAttempt(services, cookieHeader)).not.toBeNull();
    expect(await readAttempt(elsewhere, cookieHeader)).toBeNull();
  });

  it("with a code of another sign-in is refused by the provider: the verifier does not fit", async () => {
    const [first, second] = [await depart(), await depart()];
    const mixed = { ...first, input: { ...first.input, code: second.input.code } };
    expect(await reasonOf(comeBack(services, mixed))).toBe("oauth_not_genuine");
    expect(await written()).toEqual(nothing);
  });

  it("in the name of another issuer, or of none where the issuer always names itself, is sent away before the code is shown to anybody", async () => {
    for (const iss of ["https://evil.test", null]) {
      const { input, cookieHeader } = await depart();
      expect(await reasonOf(comeBack(services, { input: { ...input, iss }, cookieHeader }))).toBe("oauth_not_genuine");
    }
    expect(await written()).toEqual(nothing);
  });

  it("too often from one address has to wait", async () => {
    const knock = () =>
      reasonOf(
        comeBack(
          services,
          { input: { provider: "oidc", state: "x", code: "x", error: null, iss: null }, cookieHeader: "" },
          { ...browser, ipAddress: "10.9.9.9" },
        ),
      );
    for (let tries = 0; tries < 60; tries += 1) expect(await knock()).toBe("oauth_state");
    expect(await knock()).toMatchObject({ code: "RATE_LIMITED" });
  });
});

describe("an issuer", () => {
  let other: Server;
  let answer: (response: ServerResponse) => void = (response) => response.end();
  let issuer: URL;
  beforeAll(async () => {
    other = createServer((_request, response) => answer(response));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    issuer = new URL(`http://127.0.0.1:${(other.address() as { port: number }).port}`);
  });
  afterAll(() => {
    other.closeAllConnections();
    other.close();
  });

  it("that is away, describes another one, or endpoints without TLS, is not gone to; and is asked again the next time", async () => {
    const own = { ...services, config: { ...services.config, ...configWith(issuer) } };
    const go = () => reasonOf(goToProvider(own, async () => new URL(redirectUriOf(own.config, "oidc"))));
    const described = (change: object) => (response: ServerResponse) =>
      response.end(
        JSON.stringify({
          issuer: issuer.origin,
          authorization_endpoint: `${issuer.origin}/auth`,
          token_endpoint: `${issuer.origin}/token`,
          jwks_uri: `${issuer.origin}/jwks`,
          ...change,
        }),
      );
    const troubles = [
      (response: ServerResponse) => response.writeHead(503).end(),
      (response: ServerResponse) => response.end("x".repeat(300_000)),
      described({ issuer: "https://evil.test" }),
      described({ token_endpoint: "http://example.test/token" }),
    ];
    for (const trouble of troubles) {
      answer = trouble;
      expect(await go()).toBe("oauth_provider_failed");
    }
    answer = described({});
    expect(await go()).toBe("done");
  });
});
