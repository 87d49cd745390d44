// Whether a request is the house's: the agent's address is public, and answers nobody else.
import { callHeaders, callWindowMs, signedBodyBytesMax, signedText } from "~/runtime/contract/signed-call";

// Taken before the customer's module has run, so that it cannot put its own in their place.
const { subtle } = crypto;
const verify = subtle.verify.bind(subtle);
const digest = subtle.digest.bind(subtle);
const now = Date.now.bind(Date);
const encoder = new TextEncoder();

/** The body, or null when the request is a stranger's. `key` can only verify. Nothing of the body is read before the signature holds. */
export async function readVerifiedBody(request: Request, key: CryptoKey): Promise<Uint8Array<ArrayBuffer> | null> {
  const header = (name: string) => request.headers.get(name) ?? "";
  const [timestamp, sha256] = [header(callHeaders.timestamp), header(callHeaders.digest)];
  const signature = fromHex(/^v1=([0-9a-f]{64})$/.exec(header(callHeaders.signature))?.[1]);
  if (signature === null || !/^\d{13}$/.test(timestamp) || Math.abs(now() - Number(timestamp)) > callWindowMs) return null;
  const { pathname, search } = new URL(request.url);
  const text = signedText({ timestamp, method: request.method, path: pathname + search, digest: sha256 });
  if (!(await verify("HMAC", key, signature, encoder.encode(text)))) return null;
  if (Number(header("content-length")) > signedBodyBytesMax) return null;
  const body = new Uint8Array(await request.arrayBuffer());
  return toHex(await digest("SHA-256", body)) === sha256 ? body : null;
}

export function fromHex(text: string | undefined): Uint8Array<ArrayBuffer> | null {
  if (text === undefined) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let place = 0; place < bytes.length; place += 1) bytes[place] = Number.parseInt(text.slice(2 * place, 2 * place + 2), 16);
  return bytes;
}

export function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
