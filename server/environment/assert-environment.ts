// Refuses to start over a database that belongs to another environment, or with keys to other accounts than its rows are about (MISSION D5).
import { ConfigError } from "~/server/config";
import type { Services } from "~/server/services";
import { type AccountKind, accountNames, accountsOf } from "./accounts-of";
import {
  keepAccountsAcrossWorkspaces,
  nameInstallationAcrossWorkspaces,
  readAccountsAcrossWorkspaces,
} from "./environment.queries";

/** The first start names the database. Throws {@link ConfigError} when it has another name than this start. */
export async function assertEnvironment({ config, across, clock }: Pick<Services, "config" | "across" | "clock">): Promise<void> {
  const kept = await nameInstallationAcrossWorkspaces(across, config.environment, clock.now());
  if (kept === config.environment) return assertAccounts({ config, across });
  throw new ConfigError([
    `ENVIRONMENT_NAME is ${config.environment}, but the database at DATABASE_URL belongs to the environment "${kept}". ` +
      `Point DATABASE_URL at this environment's own database, or start with ENVIRONMENT_NAME=${kept}.`,
  ]);
}

/**
 * Another account looks as if everything that was placed in the first were lost, and would get it placed again; another mode of Stripe knows
 * none of the customers. A new key to the same account is no other account.
 */
async function assertAccounts({ config, across }: Pick<Services, "config" | "across">): Promise<void> {
  const now = accountsOf(config);
  const judge = (kept: Readonly<Record<string, string>>) => {
    const problems = Object.entries(now).flatMap(([kind, account]) => {
      const theirs = kept[kind] ?? account;
      return theirs === account ? [] : [otherAccount(kind as AccountKind, { account, theirs, environment: config.environment })];
    });
    if (problems.length > 0) throw new ConfigError(problems);
  };
  judge(await readAccountsAcrossWorkspaces(across));
  // Another start may have been a moment faster.
  judge(await keepAccountsAcrossWorkspaces(across, now));
}

function otherAccount(
  kind: AccountKind,
  { account, theirs, environment }: Record<"account" | "theirs" | "environment", string>,
): string {
  return (
    `The keys of ${accountNames[kind]} are for ${account}, but the database at DATABASE_URL, of the environment "${environment}", works with ${theirs}. ` +
    "Start with keys of that one. If the move is meant, docs/operations/runtimes.md says how the database forgets an account."
  );
}
