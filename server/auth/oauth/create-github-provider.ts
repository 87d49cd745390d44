// GitHub: OAuth 2 without OpenID, so the person and their addresses are asked for at its API.
import { CodeChallengeMethod, OAuth2Client } from "arctic";
import { z } from "zod";
import type { OAuthClient } from "~/server/config-groups";
import { exchangeCode } from "./exchange-code";
import { fetchJson } from "./fetch-json";
import { exchangeFailed } from "./oauth-errors";
import type { ExternalPerson, OAuthProvider } from "./oauth-provider";

export type GithubPlace = { client: OAuthClient; web: URL; api: URL; redirectUri: string };

const GithubUser = z.object({
  id: z.number().int().positive(),
  login: z.string(),
  name: z.string().nullish(),
});
const GithubEmails = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() })).max(1_000);

/** The login can be renamed and given to somebody else; the number cannot. */
const scopes = ["user:email"];
const name = "GitHub";

export function createGithubProvider({ client, web, api, redirectUri }: GithubPlace): OAuthProvider {
  return {
    key: "github",
    name,
    issuer: web.origin,
    async authorizationUrl({ state, verifier }) {
      const oauth = new OAuth2Client(client.clientId, null, redirectUri);
      const [endpoint, method] = [new URL("/login/oauth/authorize", web).href, CodeChallengeMethod.S256];
      return oauth.createAuthorizationURLWithPKCE(endpoint, state, method, verifier, scopes);
    },
    async identify({ code }, { verifier }) {
      try {
        const endpoint = new URL("/login/oauth/access_token", web);
        const tokens = await exchangeCode({ endpoint, client, redirectUri, code, verifier });
        return await askForPerson(api, tokens.accessToken());
      } catch (cause) {
        throw exchangeFailed(name, cause);
      }
    },
  };
}

async function askForPerson(api: URL, accessToken: string): Promise<ExternalPerson> {
  const headers = {
    authorization: `Bearer ${accessToken}`,
    accept: "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
  };
  const user = GithubUser.parse(await fetchJson(new URL("/user", api), headers));
  const emails = GithubEmails.parse(await fetchJson(new URL("/user/emails?per_page=100", api), headers));
  const primary = emails.find((entry) => entry.primary);
  return {
    subject: String(user.id),
    email: primary?.email ?? null,
    isEmailVerified: primary?.verified ?? false,
    displayName: user.name || user.login,
  };
}
