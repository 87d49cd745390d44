// Whose call or session it is, as a person reads it: by name, and whether they are still there.
import { grantMay } from "~/server/auth/permissions";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { CallerItem } from "./invocations.contract";

/** What the database knows of a principal (`user:usr_…` or `api_key:key_…`); null where nobody is found. */
export type CallerRow = {
  principal: string;
  /** Of a member: row-level security hides everybody else. */
  userName: string | null;
  keyName: string | null;
  keyPrefix: string | null;
  keyRevokedAt: Date | null;
  keyEndsAt: Date | null;
};

export function nameCaller(row: CallerRow, scope: WorkspaceScope, now: Date): CallerItem {
  const [kind, id = ""] = row.principal.split(":");
  if (kind === "user") return { kind, id, name: row.userName, prefix: null, state: row.userName === null ? "left" : "current" };
  const prefix = grantMay(scope.grant, "api_key.read") ? row.keyPrefix : null;
  return { kind: "api_key", id, name: row.keyName, prefix, state: stateOfKey(row, now) };
}

function stateOfKey({ keyName, keyRevokedAt, keyEndsAt }: CallerRow, now: Date): CallerItem["state"] {
  if (keyName === null) return "deleted";
  if (keyRevokedAt) return "revoked";
  return keyEndsAt && keyEndsAt <= now ? "ended" : "current";
}
