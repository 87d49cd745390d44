// Keys of our own in the configuration: what a key-encryption key may be, and which keys are too weak for production (MISSION F3).
import { z } from "zod";
import type { ConfigValues } from "./config-variables";

/** Where a key-encryption key is: its 32 bytes, or its address at AWS KMS, which never gives its bytes away. */
export type KeyEncryptionSource = { kind: "local"; key: Buffer } | { kind: "aws-kms"; arn: string };

export type AwsKmsAccess = {
  /** Null: whatever the SDK finds where the process runs, such as the role of the machine or task. */
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
  /** Null: AWS itself. */
  endpoint: URL | null;
};

export type KeyEncryptionConfig = {
  /** Wraps what is made from now on. */
  primary: KeyEncryptionSource;
  /** Still unwrap what they wrapped, until the rotation has moved it to the primary. */
  former: KeyEncryptionSource[];
  awsKms: AwsKmsAccess;
};

const formersMax = 8;
const arnPattern = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w/-]{1,250}$/;
/** An alias can be pointed at another key, and then nothing that was wrapped before opens. */
const aliasPattern = /^arn:aws[a-z-]*:kms:.{1,300}:alias\//;
const aliasHelp = "is the ARN of an alias, which can come to mean another key: give the ARN of the key itself (…:key/…)";
const keyHelp = "must be 64 hexadecimal digits (32 random bytes), or the ARN of a key at AWS KMS";

export const KeyHex = z.string().regex(/^[0-9a-f]{64}$/i, "must be 64 hexadecimal digits (32 random bytes)");

/** Several keys, comma separated. */
export const KeyHexes = z
  .string()
  .transform((text) => text.split(",").map((key) => key.trim()))
  .pipe(z.array(KeyHex).max(formersMax));

export const KeyEncryptionKey = z.string().transform((text, context): KeyEncryptionSource => {
  const word = text.trim();
  if (arnPattern.test(word)) return { kind: "aws-kms", arn: word };
  if (!KeyHex.safeParse(word).success)
    context.addIssue({ code: "custom", message: aliasPattern.test(word) ? aliasHelp : keyHelp });
  return { kind: "local", key: Buffer.from(word, "hex") };
});

export const FormerKeyEncryptionKeys = z
  .string()
  .transform((text) => text.split(","))
  .pipe(z.array(KeyEncryptionKey).max(formersMax));

export function keyEncryptionOf(values: ConfigValues): KeyEncryptionConfig {
  const { AWS_KMS_ACCESS_KEY_ID: accessKeyId, AWS_KMS_SECRET_ACCESS_KEY: secretAccessKey } = values;
  return {
    primary: values.KEY_ENCRYPTION_KEY,
    former: values.KEY_ENCRYPTION_FORMER_KEYS ?? [],
    awsKms: {
      credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : null,
      endpoint: values.AWS_KMS_ENDPOINT ? new URL(values.AWS_KMS_ENDPOINT) : null,
    },
  };
}

/** One sentence for each key that must not guard anything in production. */
export function weakKeyProblems(values: ConfigValues): string[] {
  const named = namedKeys(values);
  const owners = new Map<string, string>();
  return named.flatMap(([name, key]) => {
    const weakness = weaknessOf(key);
    if (weakness) return [`${name} ${weakness}; make one with: openssl rand -hex 32`];
    const hex = key.toString("hex");
    const owner = owners.get(hex);
    owners.set(hex, name);
    return owner ? [`${name} is the same as ${owner}; give each a key of its own: openssl rand -hex 32`] : [];
  });
}

function namedKeys(values: ConfigValues): [string, Buffer][] {
  const bytes = (hex: string) => Buffer.from(hex, "hex");
  const wrapping = [values.KEY_ENCRYPTION_KEY, ...(values.KEY_ENCRYPTION_FORMER_KEYS ?? [])];
  return [
    ...wrapping.flatMap((source, place): [string, Buffer][] =>
      source.kind === "local" ? [[place === 0 ? "KEY_ENCRYPTION_KEY" : "KEY_ENCRYPTION_FORMER_KEYS", source.key]] : [],
    ),
    ["TELEMETRY_ROOT_KEY", bytes(values.TELEMETRY_ROOT_KEY)],
    ...(values.TELEMETRY_FORMER_ROOT_KEYS ?? []).map((hex): [string, Buffer] => ["TELEMETRY_FORMER_ROOT_KEYS", bytes(hex)]),
    ["SESSION_SECRET", bytes(values.SESSION_SECRET)],
    ["AGENT_HOST_TOKEN", bytes(values.AGENT_HOST_TOKEN)],
    ["AUDIT_SIGNING_KEY", bytes(values.AUDIT_SIGNING_KEY)],
  ];
}

/** Keys that stand in documents, so everybody has them: SP 800-38A, the GCM paper, RFC 8032. Sequences are found by their steps. */
const published = new Set([
  "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
  "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
  "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
]);

/** Of 32 random bytes fewer than this many differ less than once in 10^9 draws. */
const differingBytesMin = 20;

/** Why a key of 32 bytes cannot be random; null when nothing speaks against it. */
export function weaknessOf(key: Buffer): string | null {
  if (key.length < 32) return "is shorter than 32 bytes";
  if (key.every((byte) => byte === 0)) return "is all zeros";
  if (published.has(key.toString("hex"))) return "stands in public documents";
  if (key.every((byte) => byte >= 0x20 && byte < 0x7f)) return "is a text in hexadecimal, not random";
  const steps = new Set([...key].slice(1).map((byte, place) => (byte - (key[place] ?? 0) + 256) % 256));
  if (steps.size === 1) return "is a sequence, not random";
  return new Set(key).size < differingBytesMin ? "is not random: its bytes repeat" : null;
}
