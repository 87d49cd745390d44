// The shapes of tokens that must never lie in a repository.

export type FoundSecret = { line: number; kind: string };

const shapes: [kind: string, shape: RegExp][] = [
  ["an AWS access key", /\b(AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a GitHub token", /\bgh[pousr]_[A-Za-z0-9]{30,}/],
  ["a GitHub token", /\bgithub_pat_[A-Za-z0-9_]{40,}/],
  ["a Slack token", /\bxox[abprs]-[A-Za-z0-9-]{20,}/],
  ["a Stripe key", /\b[rs]k_live_[A-Za-z0-9]{16,}/],
  ["a Stripe webhook secret", /\bwhsec_[A-Za-z0-9+/]{24,}/],
  ["a Google API key", /\bAIza[A-Za-z0-9_-]{35}\b/],
  ["a model provider's key", /\bsk-(proj-|ant-)?[A-Za-z0-9_-]{24,}/],
  ["an API key of ours", /\bwhs_[a-z]*_?[A-Za-z0-9]{30,}/],
  ["an npm token", /\bnpm_[A-Za-z0-9]{36}\b/],
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----\s*$/],
  ["a JSON web token", /\beyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/],
  [
    "an address with a password",
    /\b(postgres(ql)?|rediss?|mongodb|amqp):\/\/[^\s:/@"'`$<{]+:[^\s:/@"'`$<{]{12,}@(?!(localhost|127\.0\.0\.1|db|database)[:/])/,
  ],
];

const sample = /example|fake|test|canary|sample/i;

export function findSecrets(text: string): FoundSecret[] {
  return text.split("\n").flatMap((line, index) =>
    shapes.flatMap(([kind, shape]) => {
      const match = shape.exec(line)?.[0];
      return match === undefined || sample.test(match) ? [] : [{ line: index + 1, kind }];
    }),
  );
}
