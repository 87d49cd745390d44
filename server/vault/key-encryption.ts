// What a key-encryption key can do, wherever it is kept: wrap a data key, unwrap it, and say which key it is.

export type KeyFacts = {
  /** `kek_` and 16 hexadecimal digits: made from the key itself, so a name can never stand for another key than before. */
  readonly id: string;
  readonly kind: "local" | "aws-kms";
  /** For people: where it is. */
  readonly place: string;
};

export interface KeyEncryption extends KeyFacts {
  /** Binds the data key to its owner and to this key. Rejects with a retryable error while the key cannot be reached. */
  wrap(dataKey: Buffer, ownerId: string): Promise<Buffer>;
  /** Null when the wrapped key was altered, belongs to another owner, or was wrapped by another key. */
  unwrap(wrapped: Buffer, ownerId: string): Promise<Buffer | null>;
}
