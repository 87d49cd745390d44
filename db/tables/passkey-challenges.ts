// A challenge that a browser has to answer with a passkey: once, soon, and from the browser that asked for it.
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export const passkeyPurposes = ["register", "sign_in", "confirm"] as const;
export type PasskeyPurpose = (typeof passkeyPurposes)[number];

export type PasskeyChallengesTable = {
  /** SHA-256 of a random cookie of the browser that asked. */
  browserHash: string;
  purpose: PasskeyPurpose;
  /** Null for a sign-in: who answers is known by the answer only. */
  userId: string | null;
  challenge: string;
  expiresAt: Date;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const passkeyChallengesColumns: ColumnClasses<PasskeyChallengesTable> = {
  browserHash: "sensitive",
  purpose: "metadata",
  userId: "metadata",
  challenge: "sensitive",
  expiresAt: "metadata",
  createdAt: "metadata",
};
