// When each credential of the environment was first seen and last used: an old one may go once it has fallen silent (MISSION F7).
import type { ColumnClasses } from "./classes";

export type PlatformCredentialsTable = {
  /** The variable of the environment. */
  name: string;
  /** Tells credentials apart and is useless otherwise. */
  fingerprint: string;
  addedAt: Date;
  /** When a process last had it in its configuration. */
  seenAt: Date;
  /** To the minute; null: never, or nobody measures it. */
  lastUsedAt: Date | null;
};

export const platformCredentialsColumns: ColumnClasses<PlatformCredentialsTable> = {
  name: "metadata",
  fingerprint: "metadata",
  addedAt: "metadata",
  seenAt: "metadata",
  lastUsedAt: "metadata",
};
