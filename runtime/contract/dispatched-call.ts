// How the house calls a script of a dispatch namespace: through a script of ours, which is told which one and what it may reach.

export const dispatchHeaders = {
  script: "x-whs-script",
  /** JSON: the host names of `network.allow`, or `null` for any. */
  allow: "x-whs-allow",
  /** `v1=<hex HMAC-SHA256(dispatchText)>` under the dispatcher's key. */
  signature: "x-whs-dispatch-signature",
} as const;

/** The dispatcher's name for its key is bound once for each root key in use, so that a rotation of those loses no call. */
export function dispatchKeyName(place: number): string {
  return `dispatchKey${place}`;
}

export const dispatchKeysMax = 8;

/** The timestamp is the one of the call's own signature. */
export function dispatchText(call: { timestamp: string; script: string; allow: string }): string {
  return `v1\n${call.timestamp}\n${call.script}\n${call.allow}`;
}
