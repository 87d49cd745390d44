// Masks what looks like a credential inside any text, by the shapes that issuers publish (MISSION F6). House and agent host share it.

export const redacted = "[redacted]";

/** `names`: known by the name in front of it alone, so that in code the value may be an expression instead. */
export type Shape = { pattern: RegExp; replacement: string; names?: true };

const whole = (pattern: RegExp): Shape => ({ pattern, replacement: redacted });
const after = (pattern: RegExp): Shape => ({ pattern, replacement: `$1${redacted}` });
const named = (pattern: RegExp): Shape => ({ ...after(pattern), names: true });

/** Between a name and its value: quotes, also those of JSON inside JSON, and `:` or `=`. */
const is = String.raw`(?:\\{0,3}["'])?\s{0,4}[:=]\s{0,4}(?:\\{0,3}["'])?`;
const valueUnit = String.raw`[^\s"',;&}\]\\]`;
const telling = "secret|token|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|signing[_-]?key|encryption[_-]?key";

/**
 * Every quantifier in front of a required part is bounded, so that no text takes more than linear time. Digests, ids and uuids
 * have no shape of their own here: a bare run of hexadecimal digits is no credential by its looks.
 */
export const shapes: readonly Shape[] = [
  // a private key of any kind, also one that was cut short
  whole(
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  ),
  whole(/\bAGE-SECRET-KEY-1[A-Z0-9]{20,}/g),
  // user:password@host in any URL; found by `://`, for looking for a scheme first costs more than all the rest
  { pattern: /(:\/\/[^\s:/@"']{0,128}):[^\s@/"']{1,256}@/g, replacement: `$1:${redacted}@` },
  named(/\b((?:set-)?cookie(?:\\{0,3}["'])?\s{0,4}[:=]\s{0,4})[^\r\n]+/gi),
  after(/\b(bearer(?:\s{1,4}|%20|\+))[A-Za-z0-9._~+/=-]{8,}/gi),
  after(/\b(basic\s{1,4})[A-Za-z0-9+/]{16,}={0,2}/gi),
  // single-use links and signed addresses, also inside another address
  after(
    /((?:[?&#]|%3F|%26)(?:token|access_token|id_token|code|key|sig|signature|secret|x-amz-signature)(?:=|%3D))[^&\s"'#<>]+/gi,
  ),
  // our own API keys
  whole(/\bwhs_[A-Za-z0-9_]{16,}/g),
  // OpenAI, Anthropic, OpenRouter and those who copied them
  whole(/\b[spr]k-[A-Za-z0-9_-]{8,}/g),
  // Stripe, Clerk
  whole(/\b[spr]k_(?:live|test)_[A-Za-z0-9]{8,}/g),
  whole(/\bwhsec_[A-Za-z0-9+/=_-]{8,}/g),
  // AWS access key ids; secret access keys have no shape and are known by their name only
  whole(/\b(?:AKIA|ASIA|AROA|AIDA|AGPA|ABIA)[A-Z0-9]{16}\b/g),
  // GitHub, GitLab
  whole(/\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|gl(?:pat|dt|rt|cbt|ptt|soat)-[A-Za-z0-9_-]{16,})/g),
  // Slack, Discord
  whole(/\b(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,}/g),
  after(/(hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/)[A-Za-z0-9/]+/g),
  after(/(discord(?:app)?\.com\/api\/webhooks\/\d{1,20}\/)[A-Za-z0-9_-]+/g),
  whole(/\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}/g),
  // Google: API keys, access and refresh tokens, client secrets
  whole(/\bAIza[A-Za-z0-9_-]{30,}/g),
  whole(/\bya29\.[A-Za-z0-9_-]{16,}/g),
  whole(/\b1\/\/0[A-Za-z0-9_-]{30,}/g),
  whole(/\bGOCSPX-[A-Za-z0-9_-]{20,}/g),
  // Twilio, SendGrid, Mailgun, Telegram
  whole(/\bSK[0-9a-f]{32}\b/g),
  whole(/\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,}/g),
  whole(/\bkey-[0-9a-f]{32}\b/g),
  whole(/\b\d{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g),
  after(/(api\.telegram\.org\/bot)\d{1,12}:[A-Za-z0-9_-]+/g),
  // hosts of models and packages: Hugging Face, Groq, xAI, Replicate, Perplexity, npm, PyPI, Databricks, Resend
  whole(/\b(?:hf|gsk|r8|npm|dop_v1|shpat|shpss|sbp|ntn|lin_api)_[A-Za-z0-9]{20,}/g),
  whole(/\b(?:xai|pplx)-[A-Za-z0-9]{20,}/g),
  whole(/\bpypi-[A-Za-z0-9_-]{32,}/g),
  whole(/\bdapi[0-9a-f]{32}\b/g),
  whole(/\bre_[A-Za-z0-9]{8,16}_[A-Za-z0-9]{16,}/g),
  // HashiCorp Vault, Atlassian
  whole(/\bhv[sbr]\.[A-Za-z0-9_-]{20,}/g),
  whole(/\bATATT3[A-Za-z0-9_=-]{20,}/g),
  // JSON web tokens
  // from where a run of its characters begins, so that each is read once; behind a hyphen the header is held to a length
  whole(/(?:(?<![\w-])eyJ[\w-]{8,}|(?<=-)eyJ[\w-]{8,512})\.[\w-]{8,}\.[\w-]*/g),
  // bcrypt
  whole(/\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}/g),
  // NAME=value and "name": "value" with a telling name; a bare word after "token:" is prose, so a digit or length is asked for
  named(new RegExp(`((?:password|passwd|passphrase|authorization)${is})${valueUnit}{4,}`, "gi")),
  named(new RegExp(String.raw`((?:${telling})${is})(?=${valueUnit}{0,64}\d|${valueUnit}{24})${valueUnit}{4,}`, "gi")),
];

/** `text` with every known credential shape replaced by `[redacted]`. Takes time linear in its length. */
export function redactTokens(text: string): string {
  return replaceAll(text, shapes);
}

const shapesOfTheirOwn = shapes.filter(({ names }) => !names);

/** As `redactTokens`, but for what only a name in front gives away: `password: Use at least 10 characters.` stays readable. */
export function redactSentence(text: string): string {
  return replaceAll(text, shapesOfTheirOwn);
}

function replaceAll(text: string, kinds: readonly Shape[]): string {
  let safe = text;
  for (const { pattern, replacement } of kinds) safe = safe.replace(pattern, replacement);
  return safe;
}
