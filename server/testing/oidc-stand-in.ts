// A real OpenID provider on loopback, its login and consent forms filled in by fetch, and told by tests how to misbehave.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import Provider, { type Configuration } from "oidc-provider";

export type OidcStandIn = {
  issuer: URL;
  client: { clientId: string; clientSecret: string };
  /** Signs its id tokens; for tests that sign other ones. */
  signing: { key: CryptoKey; kid: string };
  /** Claims by the name that is typed into the login form, which is also the subject. */
  accounts: Map<string, Record<string, unknown>>;
  misbehaviour: {
    /** Replaces the answer of a path, or lets it pass by answering null. */
    intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
    /** Replaces the id token that the token endpoint gives out. */
    idToken: ((genuine: string) => Promise<string>) | null;
  };
  /** Fills in the forms, and answers the address that the browser is sent back to. */
  signInAs(location: string, login: string): Promise<URL>;
  /** Begins and says no. */
  deny(location: string): Promise<URL>;
  close(): Promise<void>;
};

/** A colon and a percent sign: credentials that must be form-encoded before they are a user and a password. */
const client = { clientId: "our:app", clientSecret: "s%c:r et+1" };

export async function startOidc(redirectUris: string[]): Promise<OidcStandIn> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: "own", use: "sig", alg: "RS256" };
  const accounts: OidcStandIn["accounts"] = new Map();
  const misbehaviour: OidcStandIn["misbehaviour"] = { intercept: null, idToken: null };
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const provider = new Provider(issuer.origin, configurationOf(jwk, accounts, redirectUris));
  const answer = provider.callback();
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (misbehaviour.intercept?.(request, response)) return;
    if (request.url === "/token" && misbehaviour.idToken) replaceIdToken(response, misbehaviour.idToken);
    void answer(request, response);
  });
  return {
    issuer,
    client,
    signing: { key: privateKey, kid: "own" },
    accounts,
    misbehaviour,
    signInAs: (location, login) => fillIn(location, [`prompt=login&login=${login}&password=x`, "prompt=consent"]),
    deny: (location) => fillIn(location, []),
    close: () => closeServer(server),
  };
}

function configurationOf(jwk: JWK, accounts: OidcStandIn["accounts"], redirectUris: string[]): Configuration {
  return {
    clients: [{ client_id: client.clientId, client_secret: client.clientSecret, redirect_uris: redirectUris }],
    jwks: { keys: [jwk] } as NonNullable<Configuration["jwks"]>,
    // The address already in the id token, as Google and many others do it.
    conformIdTokenClaims: false,
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    pkce: { required: () => true },
    // Said outright, so that it does not remark on them.
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    cookies: { keys: ["only for tests"] },
    findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId, ...accounts.get(accountId) }) }),
  };
}

function replaceIdToken(response: ServerResponse, replace: (genuine: string) => Promise<string>): void {
  const end = response.end.bind(response) as (body: string) => ServerResponse;
  response.end = ((body: string | Buffer) => {
    const tokens = JSON.parse(String(body)) as { id_token: string };
    void replace(tokens.id_token).then((idToken) => {
      const text = JSON.stringify({ ...tokens, id_token: idToken });
      response.setHeader("content-length", Buffer.byteLength(text));
      end(text);
    });
    return response;
  }) as typeof response.end;
}

/** As a browser would: follows redirects within the provider, keeps its cookies, sends the forms; stops where it leads away. */
async function fillIn(location: string, forms: string[]): Promise<URL> {
  const cookies = new Map<string, string>();
  const { origin } = new URL(location);
  let next: { url: URL; body?: string } = { url: new URL(location) };
  for (let step = 0; step < 20; step += 1) {
    const answer = await fetch(next.url, {
      ...(next.body ? { method: "POST", body: next.body } : {}),
      redirect: "manual",
      signal: AbortSignal.timeout(45_000),
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        "content-type": "application/x-www-form-urlencoded",
      },
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    const to = answer.headers.get("location");
    const url = to ? new URL(to, next.url) : null;
    if (url && url.origin !== origin) return url;
    if (url) {
      next = { url };
      continue;
    }
    const page = await answer.text();
    const abort = /href="([^"]*\/abort)"/.exec(page)?.[1];
    const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1];
    if (answer.status !== 200 || !action) throw new Error(`the provider answered ${answer.status}: ${page.slice(0, 500)}`);
    const form = forms.shift();
    next = form ? { url: new URL(action, next.url), body: form } : { url: new URL(abort ?? "", next.url) };
  }
  throw new Error("the provider never let go");
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
