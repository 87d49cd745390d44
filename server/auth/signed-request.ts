// The signature of a call, as CONTRACTS "Public invocation with a signed request" words it. Pure.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { AppError } from "~/server/errors";

export const signedHeaders = {
  keyId: "x-whs-key-id",
  timestamp: "x-whs-timestamp",
  nonce: "x-whs-nonce",
  signature: "x-whs-signature",
} as const;

export const signedWindowMs = 5 * 60_000;

export type SignedRequest = { keyId: string; timestamp: string; nonce: string; signature: string };

const shapes: Record<keyof SignedRequest, RegExp> = {
  keyId: /^key_[0-9A-HJKMNP-TV-Z]{26}$/,
  timestamp: /^[0-9]{13}$/,
  nonce: /^[A-Za-z0-9_-]{16,64}$/,
  signature: /^v1=[0-9a-f]{64}$/,
};

export function isSigned(headers: IncomingHttpHeaders): boolean {
  return headers[signedHeaders.signature] !== undefined || headers[signedHeaders.keyId] !== undefined;
}

/** Rejects with `UNAUTHENTICATED` what is missing, doubled or of another spelling, and what is not of these minutes. */
export function readSignedRequest(headers: IncomingHttpHeaders, now: Date): SignedRequest {
  const given = Object.fromEntries(Object.entries(signedHeaders).map(([name, header]) => [name, headers[header]])) as Record<
    keyof SignedRequest,
    string | string[] | undefined
  >;
  for (const [name, shape] of Object.entries(shapes) as [keyof SignedRequest, RegExp][]) {
    const value = given[name];
    if (typeof value !== "string" || !shape.test(value)) throw malformed(signedHeaders[name]);
  }
  const signed = given as SignedRequest;
  if (Math.abs(now.getTime() - Number(signed.timestamp)) <= signedWindowMs) return signed;
  throw new AppError(
    "UNAUTHENTICATED",
    "The timestamp of this signed request is more than five minutes from our clock. Sign it anew with the present time in milliseconds.",
    { details: { reason: "timestamp_out_of_window" } },
  );
}

/** Over the bytes as they came: timestamp, nonce, method, path and body, joined by dots. */
export function signatureOf(secret: string, request: Pick<SignedRequest, "timestamp" | "nonce"> & SignedContent): string {
  const head = `${request.timestamp}.${request.nonce}.${request.method}.${request.path}.`;
  return `v1=${createHmac("sha256", secret).update(head).update(request.raw).digest("hex")}`;
}

export type SignedContent = { method: string; path: string; raw: Buffer };

/** The place of the secret that it was signed with; -1 for none. Takes the same time for each. */
export function placeOfSigner(secrets: readonly string[], request: SignedRequest & SignedContent): number {
  const given = Buffer.from(request.signature);
  const verdicts = secrets.map((secret) => timingSafeEqual(Buffer.from(signatureOf(secret, request)), given));
  return verdicts.indexOf(true);
}

function malformed(header: string): AppError {
  return new AppError(
    "UNAUTHENTICATED",
    `A signed request needs one well-formed ${header} header; the documentation shows how.`,
    {
      details: { reason: "signature_malformed" },
    },
  );
}
