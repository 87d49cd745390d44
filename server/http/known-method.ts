// Methods by their names; whatever else callers make up is one word, so that they cannot make up names of ours.
const known = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

export function knownMethodOf(method: string): string {
  return known.has(method) ? method : "other";
}
