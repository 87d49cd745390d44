// States of sign-ins with a provider that came back: each comes back once (MISSION B1).
import type { ColumnClasses } from "./classes";

export type SpentOauthStatesTable = {
  stateHash: string;
  /** The cookie that carries the state is dead by then. */
  expiresAt: Date;
};

export const spentOauthStatesColumns: ColumnClasses<SpentOauthStatesTable> = {
  stateHash: "sensitive",
  expiresAt: "metadata",
};
