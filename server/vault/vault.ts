// The one door to sealing: AES-256-GCM envelopes under a data key per workspace, wrapped by a key-encryption key (MISSION F3).
import type { Tx } from "~/db/transaction";
import type { KeyFacts } from "./key-encryption";
import type { Renewal } from "./renew-data-key";
import type { Rewrapping } from "./rewrap-data-key";

/** Whose a sealed value is. All of it is bound as associated data: moved to another row, name or version it does not open. */
export type SealedPlace = {
  /** A workspace id, a person's id, or `platform`. */
  ownerId: string;
  /** For example `agent_secret`. */
  kind: string;
  /** For example the agent's id. */
  id: string;
  name: string;
  version: number;
};

export interface Vault {
  /** The key-encryption keys of this process, the primary first. Facts, never bytes. */
  readonly keys: readonly KeyFacts[];
  seal(place: SealedPlace, plaintext: string): Promise<Buffer>;
  /** Throws when the value was altered, moved, or sealed under a key that is gone. The message never holds the value. */
  open(place: SealedPlace, sealed: Buffer): Promise<string>;
  /** Crypto-shredding: nothing sealed for this owner opens again, here at once, in other processes within a second. */
  destroyDataKey(ownerId: string): Promise<void>;
  /** Wraps the owner's data key under the primary key-encryption key; `note` runs in the same transaction. */
  rewrapDataKey(ownerId: string, note: (tx: Tx) => Promise<void>): Promise<Rewrapping>;
  /** Replaces the owner's data key. What the former one sealed opens until `forgetFormerKey`; `note` runs in the same transaction. */
  renewDataKey(ownerId: string, note: (tx: Tx) => Promise<void>): Promise<Renewal>;
  /** The value sealed under today's key. `unopenable`: under no key that there is; nobody is told. Throws when a key is out of reach. */
  reseal(place: SealedPlace, sealed: Buffer): Promise<Buffer | "current" | "unopenable">;
  /** What is sealed under the key before this generation never opens again. False when it is gone already. `note` as above. */
  forgetFormerKey(key: { ownerId: string; generation: number }, note: (tx: Tx) => Promise<void>): Promise<boolean>;
}
