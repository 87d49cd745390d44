// Masks what looks like a credential inside any text, by the shapes that issuers publish (MISSION F6).

export const redacted = "[redacted]";

type Shape = { pattern: RegExp; replacement: string };

const whole = (pattern: RegExp): Shape => ({ pattern, replacement: redacted });

/** Every quantifier in front of a required part is bounded, so that no text takes more than linear time. */
const shapes: readonly Shape[] = [
  whole(/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g),
  // user:password@host in any URL
  { pattern: /([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"']{0,128}):[^\s@/"']{1,256}@/gi, replacement: `$1:${redacted}@` },
  { pattern: /\b((?:set-)?cookie["']?\s{0,4}[:=]\s{0,4})[^\r\n]+/gi, replacement: `$1${redacted}` },
  { pattern: /\b(bearer\s{1,4})[A-Za-z0-9._~+/=-]{8,}/gi, replacement: `$1${redacted}` },
  { pattern: /\b(basic\s{1,4})[A-Za-z0-9+/]{16,}={0,2}/gi, replacement: `$1${redacted}` },
  // single-use links
  { pattern: /([?&](?:token|code|key|sig|signature|secret)=)[^&\s"'#<>]+/gi, replacement: `$1${redacted}` },
  // our own API keys
  whole(/\bwhs_[A-Za-z0-9_]{16,}/g),
  // OpenAI, Anthropic and those who copied them
  whole(/\b[spr]k-[A-Za-z0-9_-]{8,}/g),
  // Stripe
  whole(/\b[spr]k_(?:live|test)_[A-Za-z0-9]{8,}/g),
  whole(/\bwhsec_[A-Za-z0-9+/=]{8,}/g),
  // AWS access key ids
  whole(/\b(?:AKIA|ASIA|AROA|AIDA|AGPA)[A-Z0-9]{16}\b/g),
  // GitHub, GitLab
  whole(/\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,})/g),
  // Slack
  whole(/\b(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,}/g),
  { pattern: /(hooks\.slack\.com\/services\/)[A-Za-z0-9/]+/g, replacement: `$1${redacted}` },
  // Google
  whole(/\bAIza[A-Za-z0-9_-]{30,}/g),
  whole(/\bya29\.[A-Za-z0-9_-]{16,}/g),
  // JSON web tokens
  whole(/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g),
  // NAME=value and "name": "value" with a telling name; a bare word after "token:" is prose, so a digit or length is asked for
  {
    pattern: /((?:password|passwd|passphrase|authorization)["']?\s{0,4}[:=]\s{0,4}["']?)[^\s"',;&}\]]{4,}/gi,
    replacement: `$1${redacted}`,
  },
  {
    pattern:
      /((?:secret|token|api[_-]?key|access[_-]?key|private[_-]?key)["']?\s{0,4}[:=]\s{0,4}["']?)(?=[^\s"',;&}\]]{0,64}\d|[^\s"',;&}\]]{24})[^\s"',;&}\]]{4,}/gi,
    replacement: `$1${redacted}`,
  },
];

/** `text` with every known credential shape replaced by `[redacted]`. Takes time linear in its length. */
export function redactText(text: string): string {
  let safe = text;
  for (const shape of shapes) safe = safe.replace(shape.pattern, shape.replacement);
  return safe;
}
