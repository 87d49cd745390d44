// The key as callers send it, and the keyed hashes under which it is kept: neither it nor the input is stored (CONTRACTS "Idempotency").
import { createHmac, hkdfSync } from "node:crypto";
import { type Principal, principalName } from "~/server/auth/principal";
import type { Config } from "~/server/config";
import { AppError } from "~/server/errors";

export const keyCharactersMax = 255;

/** Rejects with `INVALID_REQUEST` what is not 1 to 255 printable ASCII characters. */
export function assertIdempotencyKey(key: string): void {
  if (key.length > 0 && key.length <= keyCharactersMax && /^[\x20-\x7e]+$/.test(key)) return;
  throw new AppError(
    "INVALID_REQUEST",
    `An Idempotency-Key has 1 to ${keyCharactersMax} printable ASCII characters; a UUID is a good one.`,
    {
      details: { reason: "idempotency_key_malformed" },
    },
  );
}

export type KeyUse = {
  principal: Principal;
  /** Null: an act upon one's own account. */
  workspaceId: string | null;
  procedure: string;
  key: string;
  input: unknown;
  /** The input is part of the key: a form says its key once for everything that it sets off. */
  isOfForm?: boolean | undefined;
};

/** Two principals, workspaces or procedures never meet at one place, whatever key they choose. */
export function hashesOf(config: Pick<Config, "sessionSecret">, use: KeyUse): { place: string; fingerprint: string } {
  const secret = Buffer.from(hkdfSync("sha256", config.sessionSecret, "", "whs.idempotency.v1", 32));
  const hash = (...parts: unknown[]) => createHmac("sha256", secret).update(JSON.stringify(parts)).digest("hex");
  const { principal, workspaceId, procedure, key, isOfForm = false } = use;
  const input = canonical(use.input);
  const place = hash("place", principalName(principal), workspaceId, procedure, isOfForm, key, isOfForm ? input : null);
  return { place, fingerprint: hash("input", place, input) };
}

/** JSON whose fields stand in the order of their names, so that the same words in another order are the same body. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_name, field: unknown) =>
      isPlain(field) ? Object.fromEntries(Object.entries(field).sort(([one], [other]) => (one < other ? -1 : 1))) : field,
    ) ?? ""
  );
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
