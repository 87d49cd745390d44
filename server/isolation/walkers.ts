// Who walks: every kind of caller that the isolation walk sends through each procedure and each route.
import { type ApiKeyPreset, apiKeyPresets } from "~/db/tables/api-keys";
import { type Role, roles } from "~/db/tables/memberships";

export type Walker = { name: string } & (
  | { kind: "member"; role: Role; isStale: boolean }
  | { kind: "key"; preset: ApiKeyPreset }
  /** Somebody with rights elsewhere: the owner of another workspace, or the operator of the platform. */
  | { kind: "outsider"; isOperator: boolean }
  /** Nobody to us: what they show, if anything, proves nothing any more. */
  | { kind: "nobody"; shows: "nothing" | "session of a disabled person" | "revoked key" }
);

/** The columns of the matrix. */
export const walkers: readonly Walker[] = [
  ...roles.map((role) => ({ name: role, kind: "member" as const, role, isStale: false })),
  { name: "owner, long signed in", kind: "member", role: "owner", isStale: true },
  ...apiKeyPresets.map((preset) => ({ name: `key: ${preset}`, kind: "key" as const, preset })),
  { name: "member elsewhere", kind: "outsider", isOperator: false },
  { name: "operator", kind: "outsider", isOperator: true },
  { name: "signed out", kind: "nobody", shows: "nothing" },
  { name: "disabled person", kind: "nobody", shows: "session of a disabled person" },
  { name: "revoked key", kind: "nobody", shows: "revoked key" },
];
