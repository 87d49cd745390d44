// Who is calling: proven by a session cookie or an API key, never by anything else the caller sent (MISSION A1).
import type { ApiKeyPreset } from "~/db/tables/api-keys";

export type UserPrincipal = {
  kind: "user";
  userId: string;
  email: string;
  displayName: string;
  emailVerified: boolean;
  isSuperAdmin: boolean;
  /** The session's hash, to tell this session from the others. */
  sessionIdHash: string;
  /** When the person last proved who they are in this session; see `assert-recently-proven.ts`. */
  provenAt: Date;
};

export type ApiKeyPrincipal = {
  kind: "api_key";
  keyId: string;
  workspaceId: string;
  preset: ApiKeyPreset;
  /** Whoever made the key. */
  userId: string;
  /** Null: it may act upon every agent of its workspace. */
  agentIds: readonly string[] | null;
  callsPerMinuteMax: number | null;
  /** Per UTC month. */
  callsPerMonthMax: number | null;
};

export type Principal = UserPrincipal | ApiKeyPrincipal;

/** `user:usr_…` or `api_key:key_…`: what sessions and idempotency keys are bound to. */
export function principalName(principal: Principal): string {
  return principal.kind === "user" ? `user:${principal.userId}` : `api_key:${principal.keyId}`;
}
