// Ten codes for the day the authenticator app is lost: 80 random bits each, so that a plain hash of one cannot be guessed back.
import { randomInt } from "node:crypto";
import type { Tx } from "~/db/transaction";
import type { Clock } from "~/server/clock";
import { sha256Hex } from "~/server/sha256";
import { deleteRecoveryCodesAcrossWorkspaces, insertRecoveryCodesAcrossWorkspaces } from "./second-factors.queries";

const codesCount = 10;
const codeLength = 16;
/** Crockford's base 32: nothing in it looks like something else in it. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Fresh ones in place of the old; answers them for the one time that they are shown. */
export async function replaceRecoveryCodes(tx: Tx, clock: Clock, userId: string): Promise<string[]> {
  const codes = Array.from({ length: codesCount }, newCode);
  const createdAt = clock.now();
  await deleteRecoveryCodesAcrossWorkspaces(tx, userId);
  await insertRecoveryCodesAcrossWorkspaces(
    tx,
    codes.map((code) => ({ userId, codeHash: recoveryCodeHash(userId, code), createdAt })),
  );
  return codes;
}

/** Of a code however its reader wrote it: small letters, O for 0, I or L for 1, with or without hyphens. */
export function recoveryCodeHash(userId: string, code: string): string {
  const plain = code.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  return sha256Hex(`${userId}:${plain}`);
}

function newCode(): string {
  const letters = Array.from({ length: codeLength }, () => alphabet[randomInt(alphabet.length)]).join("");
  return letters.match(/.{4}/g)?.join("-") ?? letters;
}
