// A key-encryption key at AWS KMS: only KMS ever holds its bytes; owner and key are bound by its encryption context.
import { createHash } from "node:crypto";
import type { KMSClient } from "@aws-sdk/client-kms";
import type { AwsKmsAccess } from "~/server/config-keys";
import { type KeyEncryption, KeyTrouble } from "./key-encryption";

/** One try's connection and answer, and all tries of one call together. */
const connectTimeoutMs = 1_000;
const answerTimeoutMs = 2_500;
const callTimeoutMs = 8_000;
/** The SDK waits between tries, longer each time, and longer still when it is throttled. */
const attemptsMax = 3;

/** What KMS says of a blob that is not ours: altered, of another owner, or of another key. */
const refusals: ReadonlySet<string> = new Set(["InvalidCiphertextException", "IncorrectKeyException"]);

type Kms = typeof import("@aws-sdk/client-kms");

/** Opens nothing before its first use: the SDK is loaded then. `arn` names the region too. */
export function createAwsKmsKey(arn: string, access: AwsKmsAccess): KeyEncryption {
  const id = `kek_${createHash("sha256").update("whs.kek-arn.v1").update(arn).digest("hex").slice(0, 16)}`;
  let opening: Promise<{ kms: Kms; client: KMSClient }> | null = null;
  const open = () => {
    opening ??= openClient(arn, access);
    return opening;
  };
  const contextOf = (ownerId: string) => ({ "whs:owner": ownerId, "whs:key": id });
  const ask = async <T>(call: (kms: Kms, client: KMSClient, abortSignal: AbortSignal) => Promise<T>): Promise<T> => {
    try {
      const { kms, client } = await open();
      return await call(kms, client, AbortSignal.timeout(callTimeoutMs));
    } catch (thrown) {
      throw unreachable(id, arn, thrown);
    }
  };
  return {
    id,
    kind: "aws-kms",
    place: arn,
    async wrap(dataKey, ownerId) {
      const input = { KeyId: arn, Plaintext: dataKey, EncryptionContext: contextOf(ownerId) };
      const { CiphertextBlob } = await ask((kms, client, abortSignal) =>
        client.send(new kms.EncryptCommand(input), { abortSignal }),
      );
      if (!CiphertextBlob) throw new KeyTrouble(`AWS KMS answered without a wrapped key for ${arn}.`, { retryable: true });
      return Buffer.from(CiphertextBlob);
    },
    async unwrap(wrapped, ownerId) {
      const input = { KeyId: arn, CiphertextBlob: wrapped, EncryptionContext: contextOf(ownerId) };
      const answer = await ask((kms, client, abortSignal) =>
        client.send(new kms.DecryptCommand(input), { abortSignal }).catch((thrown: unknown) => {
          if (refusals.has(nameOf(thrown))) return null;
          throw thrown;
        }),
      );
      return answer?.Plaintext ? Buffer.from(answer.Plaintext) : null;
    },
  };
}

async function openClient(arn: string, access: AwsKmsAccess): Promise<{ kms: Kms; client: KMSClient }> {
  const kms = await import("@aws-sdk/client-kms");
  const client = new kms.KMSClient({
    region: arn.split(":")[3] ?? "",
    maxAttempts: attemptsMax,
    requestHandler: { connectionTimeout: connectTimeoutMs, requestTimeout: answerTimeoutMs, throwOnRequestTimeout: true },
    ...(access.credentials ? { credentials: access.credentials } : {}),
    ...(access.endpoint ? { endpoint: access.endpoint.href } : {}),
  });
  return { kms, client };
}

const mends: Readonly<Record<string, string>> = {
  AccessDeniedException: "it refuses us; allow kms:Encrypt and kms:Decrypt on this key",
  DisabledException: "the key is disabled; enable it",
  KMSInvalidStateException: "the key is not usable in its state; cancel its deletion or enable it",
  NotFoundException: "there is no such key; check account and region",
  ThrottlingException: "it throttles us; this is tried again",
  UnrecognizedClientException: "it does not know our access key; check AWS_KMS_ACCESS_KEY_ID",
  InvalidSignatureException: "it does not take our signature; check AWS_KMS_SECRET_ACCESS_KEY",
};

/** The vendor's own text stays in the cause, for the log. */
function unreachable(id: string, arn: string, thrown: unknown): KeyTrouble {
  const mend = mends[nameOf(thrown)] ?? "it does not answer; this is tried again";
  return new KeyTrouble(`The key-encryption key ${id} is at AWS KMS (${arn}), and ${mend}.`, {
    retryable: true,
    cause: thrown,
  });
}

function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : "";
}
