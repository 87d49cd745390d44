// The others whom the product speaks to, at their worst: each says back the credential that it was given.
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type OtlpStandIn, startOtlp } from "~/server/testing/otlp-stand-in";
import { type SmtpStandIn, startSmtp } from "~/server/testing/smtp-stand-in";

export type Neighbours = {
  /** An OpenID issuer, Stripe's API, Cloudflare's and AWS's in one. */
  url: string;
  smtp: SmtpStandIn;
  /** Where metrics and spans go. */
  otlp: OtlpStandIn;
  /** The next letter is refused, with the password in the refusal. */
  refuseNext(): void;
  close(): Promise<void>;
};

export async function startNeighbours(smtpLogin: { user: string; password: string }): Promise<Neighbours> {
  let refuses = false;
  const smtp = await startSmtp({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: (auth, _session, done) =>
      auth.username === smtpLogin.user && auth.password === smtpLogin.password
        ? done(null, { user: "ours" })
        : done(new Error("wrong user or password")),
    refuse: () => {
      const isRefused = refuses;
      refuses = false;
      return isRefused ? Object.assign(new Error(`no letters for ${smtpLogin.password} today`), { responseCode: 550 }) : null;
    },
  });
  const otlp = await startOtlp();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on("request", (request, response) => {
    void bodyOf(request).then((body) => {
      const isDiscovery = request.url?.startsWith("/.well-known/");
      const said = isDiscovery ? discoveryOf(url) : refusalOf(request, body);
      response.writeHead(isDiscovery ? 200 : 401, { "content-type": "application/json" }).end(JSON.stringify(said));
    });
  });
  return {
    url,
    smtp,
    otlp,
    refuseNext: () => {
      refuses = true;
    },
    close: async () => {
      await Promise.all([smtp.close(), otlp.close(), closeServer(server)]);
    },
  };
}

function discoveryOf(url: string): Record<string, string> {
  return { issuer: url, authorization_endpoint: `${url}/authorize`, token_endpoint: `${url}/token`, jwks_uri: `${url}/jwks` };
}

/** In the dialects of both: Stripe's `error` is an object, OAuth's a word. */
function refusalOf(request: IncomingMessage, body: string): unknown {
  const given = request.headers.authorization ?? "";
  const decoded = given.startsWith("Basic ") ? Buffer.from(given.slice(6), "base64").toString("utf8") : given;
  const message = `Not with ${decoded} (${given}), nor with ${body}`;
  return request.url === "/token"
    ? { error: "invalid_client", error_description: message }
    : { error: { type: "invalid_request_error", message } };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
