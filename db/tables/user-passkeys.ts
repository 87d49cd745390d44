// A passkey of a person (WebAuthn): the public half and what its authenticator said about itself.
import type { ColumnType, Generated } from "kysely";
import type { ColumnClasses } from "./classes";

export type UserPasskeysTable = {
  id: string;
  userId: string;
  /** Base64url, as the browser names it. */
  credentialId: string;
  /** COSE. */
  publicKey: Buffer;
  /** Counts uses where the authenticator counts; one that goes back means a copy. */
  counter: number;
  transports: Generated<string[]>;
  /** Whether it is kept by a password manager, so that losing the device does not lose it. */
  isBackedUp: boolean;
  isMultiDevice: boolean;
  name: string;
  lastUsedAt: Date | null;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const userPasskeysColumns: ColumnClasses<UserPasskeysTable> = {
  id: "metadata",
  userId: "metadata",
  credentialId: "sensitive",
  publicKey: "sensitive",
  counter: "metadata",
  transports: "metadata",
  isBackedUp: "metadata",
  isMultiDevice: "metadata",
  name: "sensitive",
  lastUsedAt: "metadata",
  createdAt: "metadata",
};
