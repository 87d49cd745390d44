// The one door to sealing: AES-256-GCM envelopes under a data key per workspace, wrapped by the key-encryption key (MISSION F3).

/** Whose a sealed value is. All of it is bound as associated data: moved to another row, name or version it does not open. */
export type SealedPlace = {
  /** A workspace id, or `platform`. */
  ownerId: string;
  /** For example `agent_secret`. */
  kind: string;
  /** For example the agent's id. */
  id: string;
  name: string;
  version: number;
};

export interface Vault {
  seal(place: SealedPlace, plaintext: string): Promise<Buffer>;
  /** Throws when the value was altered, moved, or sealed under a key that is gone. The message never holds the value. */
  open(place: SealedPlace, sealed: Buffer): Promise<string>;
  /** Crypto-shredding: nothing sealed for this owner opens again. */
  destroyDataKey(ownerId: string): Promise<void>;
}
