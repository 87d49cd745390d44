// Removes what has run out: sessions, links and codes, waiting sign-ins, challenges, invitations, accounts that nobody confirmed.
import { deleteDeadSessionsAcrossWorkspaces } from "~/server/auth/sessions.queries";
import { deleteTokensExpiredBeforeAcrossWorkspaces } from "~/server/auth/user-token.queries";
import type { Services } from "~/server/services";
import { sweepInvitations } from "~/server/workspaces/sweep-invitations";
import { deleteStaleEmailChangesAcrossWorkspaces } from "./email-changes.queries";
import { deleteStaleChallengesAcrossWorkspaces } from "./passkeys.queries";
import { deleteStalePendingSignInsAcrossWorkspaces } from "./pending-sign-ins.queries";
import { sweepUnconfirmed } from "./sweep-unconfirmed";

export type AccountsSweep = {
  sessions: number;
  tokens: number;
  pendingSignIns: number;
  challenges: number;
  emailChanges: number;
  invitations: number;
  unconfirmedAccounts: number;
};

export async function sweepAccounts(services: Pick<Services, "across" | "clock" | "log">): Promise<AccountsSweep> {
  const { across, clock } = services;
  const now = clock.now();
  const swept = {
    sessions: await deleteDeadSessionsAcrossWorkspaces(across, now),
    tokens: await deleteTokensExpiredBeforeAcrossWorkspaces(across, now),
    pendingSignIns: await deleteStalePendingSignInsAcrossWorkspaces(across, now),
    challenges: await deleteStaleChallengesAcrossWorkspaces(across, now),
    emailChanges: await deleteStaleEmailChangesAcrossWorkspaces(across, now),
    invitations: await sweepInvitations(services),
    unconfirmedAccounts: await sweepUnconfirmed(services),
  };
  services.log.info(swept, "accounts swept");
  return swept;
}
