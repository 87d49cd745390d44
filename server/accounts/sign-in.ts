// Signs a person in with address and password. What an outsider can learn is the same for every address (MISSION B2, B3).
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { passwordMatches } from "~/server/auth/passwords";
import { AppError, invalidField } from "~/server/errors";
import type { Services } from "~/server/services";
import { forgiveAccountDoor, limitAccountDoor } from "./account-limits";
import type { SignInInput } from "./accounts.contract";
import { findUserByEmailAcrossWorkspaces, lockUserIfPasswordAcrossWorkspaces } from "./accounts.queries";
import type { Caller } from "./begin-session";
import { type Entered, enterAccount } from "./enter-account";

type SignInNeeds = Pick<Services, "across" | "clock" | "config" | "redis">;

type FoundUser = NonNullable<Awaited<ReturnType<typeof findUserByEmailAcrossWorkspaces>>>;

/** `details.reason`: `wrong_credentials`; and after the right password only, `email_not_verified` or `account_disabled`. */
export async function signIn(services: SignInNeeds, caller: Caller, input: SignInInput): Promise<Entered> {
  const knock = { visitor: caller, account: input.email };
  await limitAccountDoor(services, "signIn", knock);
  const user = await findUserByEmailAcrossWorkspaces(services.across, input.email);
  const matches = await passwordMatches(input.password, user?.passwordHash ?? null);
  const refusal = judge(user, matches);
  if (!user || refusal) {
    await recordRefusal(services, caller, { userId: user?.id ?? null, reason: refusal?.details.reason ?? "wrong_credentials" });
    throw refusal ?? wrongCredentials();
  }
  await forgiveAccountDoor(services, "signIn", knock);
  const { id: userId, passwordHash } = user;
  return inTransaction(services.across, async (tx) => {
    // The comparing takes its time: whoever replaced the password meanwhile has ended every session, and none may begin with the old one.
    if (!(await lockUserIfPasswordAcrossWorkspaces(tx, { userId, passwordHash }))) throw wrongCredentials();
    return enterAccount(tx, services, { userId, method: "password", caller });
  });
}

function judge(user: FoundUser | undefined, matches: boolean): AppError | null {
  if (!user || !matches) return wrongCredentials();
  if (user.disabledAt)
    return new AppError("UNAUTHORIZED", "This account is disabled. Ask the operator of the platform.", {
      details: { reason: "account_disabled" },
    });
  if (user.emailVerifiedAt) return null;
  return new AppError(
    "UNAUTHORIZED",
    "Confirm your address first: open the link in the letter that we sent you, or ask for a new one.",
    {
      details: { reason: "email_not_verified" },
    },
  );
}

function wrongCredentials(): AppError {
  return invalidField("password", "The address or the password is not right.", "wrong_credentials");
}

/** The address that was tried is not written down: it may be a password typed into the wrong field. */
async function recordRefusal(
  services: SignInNeeds,
  caller: Caller,
  refused: { userId: string | null; reason: string },
): Promise<void> {
  await recordPlatformAudit(services.across, {
    action: "session.refuse",
    actorKind: "anonymous",
    traceId: caller.traceId,
    ipAddress: caller.ipAddress,
    ...(refused.userId ? { targetKind: "user", targetId: refused.userId } : {}),
    metadata: { reason: refused.reason },
  });
}
