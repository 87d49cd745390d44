// The installation's signature under its audit chains: Ed25519 (RFC 8032) from a seed of the configuration.
import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import type { Config } from "~/server/config";

export type AuditKey = {
  keyId: string;
  /** 32 bytes. */
  publicKey: Buffer;
  /** 64 bytes. */
  sign(text: string): Buffer;
};

/** What stands before the seed in PKCS #8 (RFC 8410). */
const seedHeader = Buffer.from("302e020100300506032b657004220420", "hex");

export function openAuditKey(config: Pick<Config, "auditSigningKey">): AuditKey {
  const privateKey = createPrivateKey({
    key: Buffer.concat([seedHeader, config.auditSigningKey]),
    format: "der",
    type: "pkcs8",
  });
  const publicKey = Buffer.from(createPublicKey(privateKey).export({ format: "jwk" }).x ?? "", "base64url");
  return { keyId: keyIdOf(publicKey), publicKey, sign: (text) => sign(null, Buffer.from(text), privateKey) };
}

/** The fingerprint by which people compare keys: the first 128 bits of the public key's SHA-256, in hexadecimal. */
export function keyIdOf(publicKey: Buffer): string {
  return createHash("sha256").update(publicKey).digest("hex").slice(0, 32);
}

export function isSignedBy(publicKey: Buffer, text: string, signature: Buffer): boolean {
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey.toString("base64url") }, format: "jwk" });
  return verify(null, Buffer.from(text), key, signature);
}

/** Public keys, in hexadecimal, whose signatures count: the present one and those it took over from. */
export function trustedKeys(config: Pick<Config, "auditSigningKey" | "auditFormerKeys">): ReadonlySet<string> {
  return new Set([openAuditKey(config).publicKey.toString("hex"), ...config.auditFormerKeys]);
}
