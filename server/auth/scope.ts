// Ownership as a value: whoever holds a WorkspaceScope may act in that workspace. Only `mint-scope.ts` makes one (MISSION A2).

import type { Bounds } from "~/db/transaction";
import type { Grant } from "./permissions";
import type { Principal } from "./principal";

/** Has no value anywhere. A private field cannot be written down outside, and a spread of the scope leaves it behind. */
declare class Minted {
  private readonly minted: true;
}

export type WorkspaceScope = Readonly<Bounds> &
  Minted & {
    readonly principal: Principal;
    /** What this caller was given here: ask `grantMay` of it. */
    readonly grant: Grant;
    readonly traceId: string;
    readonly ipAddress: string | null;
  };

/** Whether this agent exists for the holder: a key may be limited to some. For paths that no row-level security binds. */
export function seesAgent({ namedAgents }: WorkspaceScope, agentId: string): boolean {
  return namedAgents === null || namedAgents.agentIds.includes(agentId);
}
