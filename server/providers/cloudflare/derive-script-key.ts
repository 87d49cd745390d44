// The key under which the house calls one script: derived whenever it is needed, kept nowhere but in the script.
import { createHmac, hkdfSync } from "node:crypto";

const salt = Buffer.from("webhost.systems cloudflare call v1", "utf8");
const keyBytes = 32;

/** HKDF-SHA256 (RFC 5869) of a root key, bound to one name. 32 bytes. */
export function deriveScriptKey(rootKey: Buffer, boundTo: string): Buffer {
  return Buffer.from(hkdfSync("sha256", rootKey, salt, Buffer.from(boundTo, "utf8"), keyBytes));
}

/** Lower-case hexadecimal. */
export function hmacHex(key: Buffer, text: string): string {
  return createHmac("sha256", key).update(text).digest("hex");
}
