// Trades a code for tokens at the provider's token endpoint, through arctic.
import { OAuth2Client, type OAuth2Tokens } from "arctic";
import type { OAuthClient } from "~/server/config-groups";
import { providerTimeoutMs } from "./fetch-json";

export type CodeExchange = { endpoint: URL; client: OAuthClient; redirectUri: string; code: string; verifier: string };

/** Rejects with arctic's errors, and when the provider does not answer in time: arctic itself would wait for ever. */
export async function exchangeCode({ endpoint, client, redirectUri, code, verifier }: CodeExchange): Promise<OAuth2Tokens> {
  // RFC 6749 section 2.3.1: both are form-encoded before they become a user and a password; arctic leaves that to us.
  const oauth = new OAuth2Client(formEncoded(client.clientId), formEncoded(client.clientSecret), redirectUri);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no tokens within ${providerTimeoutMs} ms`)), providerTimeoutMs);
  });
  try {
    return await Promise.race([oauth.validateAuthorizationCode(endpoint.href, code, verifier), late]);
  } finally {
    clearTimeout(timer);
  }
}

function formEncoded(text: string): string {
  return new URLSearchParams({ text }).toString().slice("text=".length);
}
