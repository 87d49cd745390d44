// GitHub as far as a sign-in sees it, on loopback: its token endpoint with PKCE, and the two addresses of its API.
import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type GithubStandIn = {
  origin: URL;
  client: { clientId: string; clientSecret: string };
  /** Who says yes next. */
  person: { user: Record<string, unknown>; emails: unknown };
  /** The person's yes at the authorization page: answers the address that the browser is sent back to. */
  approve(location: string): Promise<URL>;
  close(): Promise<void>;
};

const client = { clientId: "Iv1.stand-in", clientSecret: "secret" };
const accessToken = "gho_standin";

export async function startGithub(): Promise<GithubStandIn> {
  const challenges = new Map<string, string>();
  const person: GithubStandIn["person"] = { user: {}, emails: [] };
  const server = createServer((request, response) => void answer(request, response, { challenges, person }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    client,
    person,
    async approve(location) {
      const asked = new URL(location).searchParams;
      const code = randomBytes(8).toString("hex");
      challenges.set(code, asked.get("code_challenge") ?? "");
      const back = new URL(asked.get("redirect_uri") ?? "");
      back.search = new URLSearchParams({ code, state: asked.get("state") ?? "" }).toString();
      return back;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

type State = { challenges: Map<string, string>; person: GithubStandIn["person"] };

async function answer(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  const say = (body: unknown, status = 200) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  const { pathname } = new URL(request.url ?? "", "http://github");
  const authorization = request.headers.authorization ?? "";
  if (pathname === "/login/oauth/access_token") return void say(await tokensFor(request, authorization, state));
  if (authorization !== `Bearer ${accessToken}`) return void say({ message: "Bad credentials" }, 401);
  if (pathname === "/user") return void say(state.person.user);
  if (pathname === "/user/emails") return void say(state.person.emails);
  say({ message: "Not Found" }, 404);
}

/** GitHub says what is wrong with a status of 200. */
async function tokensFor(request: IncomingMessage, authorization: string, { challenges }: State): Promise<object> {
  let text = "";
  for await (const chunk of request) text += chunk;
  const body = new URLSearchParams(text);
  const code = body.get("code") ?? "";
  const challenge = createHash("sha256")
    .update(body.get("code_verifier") ?? "")
    .digest("base64url");
  const isOurs = authorization === `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString("base64")}`;
  if (!isOurs) return { error: "incorrect_client_credentials" };
  if (!challenges.has(code) || challenges.get(code) !== challenge) return { error: "bad_verification_code" };
  challenges.delete(code);
  return { access_token: accessToken, token_type: "bearer", scope: "user:email" };
}
