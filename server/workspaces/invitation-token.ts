// The token in an invitation's letter: 32 random bytes in hex, of which only the SHA-256 is kept (MISSION A7, B3).
import { randomBytes } from "node:crypto";
import { sha256Hex } from "~/server/sha256";
import { invitationDays } from "./invitations.contract";

export type FreshToken = { token: string; tokenHash: string; sentAt: Date; expiresAt: Date };

export function freshInvitationToken(now: Date): FreshToken {
  const token = randomBytes(32).toString("hex");
  const expiresAt = new Date(now.getTime() + invitationDays * 24 * 60 * 60_000);
  return { token, tokenHash: sha256Hex(token), sentAt: now, expiresAt };
}
