// The caller's place in a trace that spans more than us: W3C Trace Context, passed on when it is well formed, else not at all.

/** Version 00, ids that are not all zero. */
const wellFormed = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

export function traceparentFrom(header: string | string[] | undefined): string | null {
  return typeof header === "string" && wellFormed.test(header) ? header : null;
}
