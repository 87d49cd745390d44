// How the house calls a script that anybody on the internet could call: what is signed, in which headers, and for how long it counts.

export const callHeaders = {
  /** Epoch milliseconds. */
  timestamp: "x-whs-timestamp",
  /** Lower-case hexadecimal SHA-256 of the body's bytes. */
  digest: "x-whs-content-sha256",
  /** `v1=<hex HMAC-SHA256(signedText)>` under the deployment's own key. */
  signature: "x-whs-signature",
} as const;

/** Long enough for two clocks that disagree a little, short for whoever has seen a request. */
export const callWindowMs = 60_000;

export const signedBodyBytesMax = 8 * 1024 * 1024;

/** The digest stands for the body, so that a stranger is refused before a byte of it is read. */
export function signedText(call: { timestamp: string; method: string; path: string; digest: string }): string {
  return `v1\n${call.timestamp}\n${call.method}\n${call.path}\n${call.digest}`;
}
