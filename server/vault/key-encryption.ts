// What a key-encryption key can do, wherever it is kept: wrap a data key, unwrap it, and say which key it is.
import { AppError } from "~/server/errors";
import { redactMessage } from "~/server/redaction/redact-text";

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

/** What is wrong with our keys is for the operator and the log: whoever meets it in a workspace reads that it is on our side. */
export class KeyTrouble extends AppError {
  readonly forOperator: string;

  constructor(forOperator: string, { retryable, cause }: { retryable: boolean; cause?: unknown }) {
    const said = retryable
      ? "The key that guards this cannot be reached at this moment. Nothing is lost; try again in a minute."
      : "The key that guards this is not usable. That is on our side, and nothing was changed; tell us the trace id.";
    super("INTERNAL", said, { retryable, cause: new Error(redactMessage(forOperator), { cause }) });
    this.forOperator = redactMessage(forOperator);
  }
}
