// Trades a code for tokens at the provider's token endpoint (RFC 6749 section 4.1.3).
import { OAuth2RequestError, OAuth2Tokens } from "arctic";
import { z } from "zod";
import type { OAuthClient } from "~/server/config-groups";
import { providerTimeoutMs } from "./fetch-json";
import { readCapped } from "./read-capped";

export type CodeExchange = { endpoint: URL; client: OAuthClient; redirectUri: string; code: string; verifier: string };

const Refusal = z.object({ error: z.string() });
const Tokens = z.record(z.string(), z.unknown());

/**
 * Rejects with arctic's error for what the endpoint refuses, with another when it does not answer as such endpoints do, or not
 * in time. Arctic's own request would go wherever it is sent on to, wait for ever, and not pass through the package's undici,
 * which refuses the length that arctic writes beside fetch's own.
 */
export async function exchangeCode({ endpoint, client, redirectUri, code, verifier }: CodeExchange): Promise<OAuth2Tokens> {
  const answer = await fetch(endpoint, {
    method: "POST",
    headers: { accept: "application/json", "user-agent": "webhost.systems", authorization: basicCredentials(client) },
    body: new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri: redirectUri, code_verifier: verifier }),
    redirect: "error",
    signal: AbortSignal.timeout(providerTimeoutMs),
  });
  const said: unknown = JSON.parse(await readCapped(answer));
  if (answer.status === 200) return new OAuth2Tokens(Tokens.parse(said));
  if (answer.status === 400 || answer.status === 401) throw new OAuth2RequestError(Refusal.parse(said).error, null, null, null);
  throw new Error(`${endpoint.origin}${endpoint.pathname} answered ${answer.status}`);
}

/** RFC 6749 section 2.3.1: both are form-encoded before they become a user and a password. */
function basicCredentials({ clientId, clientSecret }: OAuthClient): string {
  return `Basic ${Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString("base64")}`;
}

function formEncoded(text: string): string {
  return new URLSearchParams({ text }).toString().slice("text=".length);
}
