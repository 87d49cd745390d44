// Takes back whom a provider sent: checks that this browser began it, asks the provider who it is, and lets them in or connects them.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { attemptLost, attemptSpent, denied, refusedByProvider } from "~/server/auth/oauth/oauth-errors";
import type { OAuthProvider } from "~/server/auth/oauth/oauth-provider";
import { findProvider } from "~/server/auth/oauth/oauth-providers";
import { type Attempt, attemptDeadline, readAttempt } from "~/server/auth/oauth/sign-in-attempt";
import { useCredential } from "~/server/credentials/use-credential";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { sha256Hex } from "~/server/sha256";
import { limitAccountDoor } from "./account-limits";
import type { Caller } from "./begin-session";
import { connectIdentity } from "./connect-identity";
import { enterByIdentity } from "./enter-by-identity";
import { deleteSpentStatesBeforeAcrossWorkspaces, insertSpentStateAcrossWorkspaces } from "./external-identities.queries";
import type { FinishProviderInput, ProviderFinished } from "./sign-in-methods.contract";

const secretOf = { google: "GOOGLE_CLIENT_SECRET", github: "GITHUB_CLIENT_SECRET", oidc: "OIDC_CLIENT_SECRET" } as const;

export type ProviderNeeds = Pick<Services, "across" | "clock" | "config" | "log" | "mailer" | "redis">;

export type ReturnedCaller = Caller & { cookieHeader: string | null };

export type Returned = ProviderFinished & { setCookie: string | null };

/** `details.reason` says what was wrong (`oauth_…`, `email_unverified`, `account_disabled`); then nothing has been changed. */
export async function finishProviderSignIn(
  services: ProviderNeeds,
  caller: ReturnedCaller,
  input: FinishProviderInput,
): Promise<Returned> {
  await limitAccountDoor(services, "provider", { visitor: caller });
  const provider = findProvider(services, input.provider);
  try {
    const attempt = await redeemAttempt(services, caller.cookieHeader, input);
    return await settle(services, caller, { provider, attempt, code: codeOf(provider, input), iss: input.iss });
  } catch (thrown) {
    if (thrown instanceof AppError) await recordRefusal(services, caller, provider, thrown);
    throw thrown;
  }
}

/** What this browser began with this provider; spent by it, so that no answer counts twice. */
async function redeemAttempt(services: ProviderNeeds, cookieHeader: string | null, input: FinishProviderInput): Promise<Attempt> {
  const attempt = await readAttempt(services, cookieHeader);
  if (!attempt || attempt.provider !== input.provider || attempt.state !== input.state) throw attemptLost();
  await deleteSpentStatesBeforeAcrossWorkspaces(services.across, services.clock.now());
  const spent = { stateHash: sha256Hex(attempt.state), expiresAt: attemptDeadline(services.clock) };
  if (!(await insertSpentStateAcrossWorkspaces(services.across, spent))) throw attemptSpent();
  return attempt;
}

/** Read only after the state has shown that the provider's answer, not a stranger's link, brought it. */
function codeOf(provider: OAuthProvider, { code, error }: FinishProviderInput): string {
  if (error === "access_denied") throw denied(provider.name);
  if (error !== null || code === null || code === "") throw refusedByProvider(provider.name);
  return code;
}

type Answer = { provider: OAuthProvider; attempt: Attempt; code: string; iss: string | null };

async function settle(
  services: ProviderNeeds,
  caller: ReturnedCaller,
  { provider, attempt, code, iss }: Answer,
): Promise<Returned> {
  // Asked before, so that a code is not even traded for whoever comes back in another session.
  if (attempt.connects !== null && attempt.connects !== caller.sessionIdHash) throw attemptLost();
  const person = await provider.identify({ code, iss }, attempt);
  useCredential(services, secretOf[provider.key]);
  return inTransaction(services.across, async (tx): Promise<Returned> => {
    if (attempt.connects !== null) {
      await connectIdentity(tx, services, caller, { provider, person, sessionIdHash: attempt.connects });
      return { kind: "connected", to: attempt.to, setCookie: null };
    }
    return { to: attempt.to, ...(await enterByIdentity(tx, services, caller, { provider, person })) };
  });
}

/** A change of mind and a lost cookie are everyday; the rest may be somebody's try. */
const everyday: ReadonlySet<string | undefined> = new Set(["oauth_denied", "oauth_state"]);

async function recordRefusal(
  services: ProviderNeeds,
  caller: Caller,
  provider: OAuthProvider,
  { details }: AppError,
): Promise<void> {
  if (everyday.has(details.reason)) return;
  await recordPlatformAudit(services.across, {
    action: "session.refuse",
    actorKind: "anonymous",
    traceId: caller.traceId,
    ipAddress: caller.ipAddress,
    metadata: { method: "oauth", provider: provider.key, reason: details.reason ?? "internal" },
  });
}
