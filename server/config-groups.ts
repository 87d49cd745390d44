// The optional groups of the configuration: all or nothing, and what the house makes of them.
import { type ConfigGroup, type ConfigValues, configGroups } from "./config-variables";

/** How letters leave; `outbox`: not at all, the operator reads them. */
export type MailConfig =
  | { carrier: "smtp"; url: URL; from: string }
  | { carrier: "resend"; apiKey: string; from: string; origin: URL }
  | { carrier: "outbox" };

export type OAuthClient = { clientId: string; clientSecret: string };

/** Where the others are. No variable moves them: only tests build a configuration with stand-ins in these places. */
const resend = new URL("https://api.resend.com");
const google = new URL("https://accounts.google.com");
const github = { web: new URL("https://github.com"), api: new URL("https://api.github.com") };
/** Where public repositories are fetched from: GitHub's pages lead to its archive host. */
export const githubPlaces = { web: github.web, archive: new URL("https://codeload.github.com") };

/** Where incoming webhooks of Slack are, its instance for public authorities included; none is at another place. */
export const slackHosts: readonly string[] = ["hooks.slack.com", "hooks.slack-gov.com"];

/** The ways to sign in that others vouch for; null: not offered. */
export type SignInConfig = {
  google: (OAuthClient & { issuer: URL }) | null;
  github: (OAuthClient & { web: URL; api: URL }) | null;
  oidc: (OAuthClient & { issuer: URL; name: string }) | null;
};

/** One sentence for each group that is there by halves. */
export function groupProblems(values: ConfigValues): string[] {
  return configGroups.flatMap((group) => {
    const problem = problemOf(group, values);
    return problem ? [problem] : [];
  });
}

function problemOf({ all, oneOf = [], optional = [] }: ConfigGroup, values: ConfigValues): string | null {
  const isSet = (name: keyof ConfigValues) => values[name] !== undefined;
  const given = [...all, ...oneOf, ...optional].filter(isSet);
  if (given.length === 0) return null;
  const missing: string[] = all.filter((name) => !isSet(name));
  const chosen = oneOf.filter(isSet);
  if (chosen.length > 1) return `${chosen.join(" and ")} are both set; unset one of them.`;
  if (oneOf.length > 0 && chosen.length === 0) missing.push(oneOf.join(" or "));
  if (missing.length === 0) return null;
  const are = given.length === 1 ? "is" : "are";
  return `${given.join(", ")} ${are} set without ${missing.join(", ")}: set all of them or none.`;
}

export function mailOf(values: ConfigValues): MailConfig {
  const from = values.MAIL_FROM;
  if (from && values.SMTP_URL) return { carrier: "smtp", url: new URL(values.SMTP_URL), from };
  if (from && values.RESEND_API_KEY) return { carrier: "resend", apiKey: values.RESEND_API_KEY, from, origin: resend };
  return { carrier: "outbox" };
}

export function signInOf(values: ConfigValues): SignInConfig {
  const oidc = clientOf(values.OIDC_CLIENT_ID, values.OIDC_CLIENT_SECRET);
  const { OIDC_ISSUER: issuer, OIDC_NAME: name } = values;
  const atGoogle = clientOf(values.GOOGLE_CLIENT_ID, values.GOOGLE_CLIENT_SECRET);
  const atGithub = clientOf(values.GITHUB_CLIENT_ID, values.GITHUB_CLIENT_SECRET);
  return {
    google: atGoogle && { ...atGoogle, issuer: google },
    github: atGithub && { ...atGithub, ...github },
    oidc: oidc && issuer && name ? { ...oidc, issuer: new URL(issuer), name } : null,
  };
}

function clientOf(clientId: string | undefined, clientSecret: string | undefined): OAuthClient | null {
  return clientId && clientSecret ? { clientId, clientSecret } : null;
}
