// Ownership as a value: whoever holds a WorkspaceScope may act in that workspace. Only `mint-scope.ts` makes one (MISSION A2).

import type { ApiKeyPreset } from "~/db/tables/api-keys";
import type { Role } from "~/db/tables/memberships";
import type { Principal } from "./principal";

declare const minted: unique symbol;

export type WorkspaceScope = {
  readonly workspaceId: string;
  readonly principal: Principal;
  readonly grant: { kind: "role"; role: Role } | { kind: "preset"; preset: ApiKeyPreset };
  readonly traceId: string;
  readonly ipAddress: string | null;
  /** Cannot be written outside `server/auth/`: the symbol is not exported. */
  readonly [minted]: true;
};
