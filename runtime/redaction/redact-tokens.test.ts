// Credentials that issuers publish the shape of are masked wherever they stand; ids, digests and prose stay; no text takes for ever.
import { describe, expect, it } from "vitest";
import { createNameRedactor } from "./redact-named";
import { redacted, redactSentence, redactTokens } from "./redact-tokens";

/** Put together at run time, so that no scanner takes the test itself for a leak. */
const join = (...parts: string[]) => parts.join("");
const letters = (count: number) => "aB3dE5gH7jK9".repeat(8).slice(0, count);
const digits = (count: number) => "0123456789abcdef".repeat(5).slice(0, count);

const credentials: Record<string, string> = {
  "OpenRouter key": join("sk", "-or-v1-", digits(64)),
  "AWS temporary key id": join("ASIA", "ABCDEFGHIJKLMNOP"),
  "GitHub OAuth token": join("gho", "_", letters(36)),
  "GitHub app token": join("ghs", "_", letters(36)),
  "GitLab runner token": join("glrt", "-", letters(20)),
  "Slack user token": join("xoxp", "-", "1234567890-", letters(24)),
  "Slack app token": join("xapp", "-1-", letters(24)),
  "Discord bot token": join("M", letters(25), ".", letters(6), ".", letters(30)),
  "Google access token": join("ya29", ".", letters(40)),
  "Google refresh token": join("1", "//0", letters(40)),
  "Google client secret": join("GOCSPX", "-", letters(28)),
  "Stripe restricted key": join("rk", "_live_", letters(24)),
  "Twilio key": join("SK", digits(32)),
  "SendGrid key": join("SG", ".", letters(22), ".", letters(43)),
  "Mailgun key": join("key", "-", digits(32)),
  "Telegram bot token": join("123456789", ":", letters(35)),
  "Hugging Face token": join("hf", "_", letters(34)),
  "Groq key": join("gsk", "_", letters(52)),
  "xAI key": join("xai", "-", letters(60)),
  "npm token": join("npm", "_", letters(36)),
  "PyPI token": join("pypi", "-", letters(60)),
  "Databricks token": join("dapi", digits(32)),
  "Resend key": join("re", "_", letters(8), "_", letters(24)),
  "Vault token": join("hvs", ".", letters(24)),
  "age key": join("AGE-SECRET-KEY-1", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".repeat(2)),
  bcrypt: join("$2b$12", "$", letters(53)),
};

/** `[secret]` stands for what must be gone. */
const around: Record<string, (secret: string) => string> = {
  "a Slack hook": (secret) => `https://hooks.slack.com/services/T0/${secret}`,
  "a GovSlack hook": (secret) => `https://hooks.slack-gov.com/services/T0/${secret}`,
  "a Discord hook": (secret) => `https://discord.com/api/webhooks/1234/${secret}`,
  "a Telegram address": (secret) => `https://api.telegram.org/bot12:${secret}/getMe`,
  "a link": (secret) => `https://h.test/verify?token=${secret}&x=1`,
  "a link in a link": (secret) => `/sign-in?to=%2Fverify%3Ftoken%3D${secret}`,
  "a signed address": (secret) => `https://s3.test/o?X-Amz-Signature=${secret}`,
  "a connection string": (secret) => `postgresql://app:${secret}@db.test/app`,
  "a header": (secret) => `authorization: Bearer ${secret}`,
  "JSON in JSON": (secret) => JSON.stringify(JSON.stringify({ password: secret })),
  "an environment": (secret) => `AWS_SECRET_ACCESS_KEY=${secret}`,
  "a line of cookies": (secret) => `set-cookie: whs_session=${secret}; Path=/`,
  "a storage account": (secret) => `AccountName=a;AccountKey=${secret}==`,
};

describe("credentials", () => {
  it.each(Object.entries(credentials))("of the kind %s are masked wherever they stand", (_kind, secret) => {
    for (const text of [secret, `before ${secret} after`, JSON.stringify({ x: secret }), `x=${secret};`, `(${secret})`]) {
      expect(redactTokens(text)).not.toContain(secret);
      expect(redactTokens(text)).toContain(redacted);
    }
  });

  it.each(Object.entries(around))("in %s are masked by what stands before them", (_place, write) => {
    expect(redactTokens(write(letters(40)))).not.toContain(letters(12));
  });
});

it("prose, ids, digests, uuids, versions and addresses stay as they are", () => {
  for (const text of [
    "Unexpected token: expected an identifier, and the key is missing",
    "The task-scheduler took 12 ms for risk-assessment-report; see https://example.com:8443/path?page=2",
    "dep_01JD2ZK5V3W8Q9R7T6Y5X4C3B2 trc_01JD2ZK5V3W8Q9R7T6Y5X4C3B2 ses_01JD0000000000000000000000",
    `sha256:${digits(64)} 5f3759df-1234-4abc-8def-0123456789ab v1.2.3-beta.4`,
    "mailto:ada@example.com http://127.0.0.1:3000/u/ada at 10:00:00.123",
    "the password is required; the secret OPENAI_API_KEY is not set",
  ])
    expect(redactTokens(text)).toBe(text);
});

it("in a sentence of ours a word behind a name is no credential, and a credential still is one", () => {
  expect(redactSentence("password: Use at least 10 characters.")).toBe("password: Use at least 10 characters.");
  expect(redactTokens("password: hunter22")).toBe(`password: ${redacted}`);
  const secret = credentials["GitHub OAuth token"] ?? "";
  expect(redactSentence(`It said: bad credentials ${secret}`)).toBe(`It said: bad credentials ${redacted}`);
});

it("behind the name of a configured key nothing is shown, however short, and neither is a name that begins like it", () => {
  const redact = createNameRedactor(["PIN", "PIN_CODE"]);
  expect(redact('PIN=12 PIN_CODE: 345, "PIN":"6" SPINE=7')).toBe(
    `PIN=${redacted} PIN_CODE: ${redacted}, "PIN":"${redacted}" SPINE=7`,
  );
  expect(redact("PIN is not set; PIN: undefined")).toBe("PIN is not set; PIN: undefined");
});

it("a JSON web token is found behind a hyphen too", () => {
  const token = `eyJ${"hbGciOiJIUzI1NiJ9"}.eyJ${"zdWIiOiIxIn0xMjM0"}.${letters(43)}`;
  expect(redactTokens(`session-${token} ${token}`)).toBe(`session-${redacted} ${redacted}`);
});

it("hostile text costs at most a bounded multiple of ordinary text of the same length", () => {
  const ordinary = timeOf("a line of an ordinary log, with words and 12 numbers in it\n");
  for (const part of [
    "-----BEGIN PRIVATE KEY-----",
    "eyJ",
    "-eyJabcdefgh",
    "eyJabcdefgh.eyJabcdefgh-",
    "ab://c:d",
    "cookie=",
    "password",
    "token=",
    "token ",
    "a",
    "SG.",
    "1:",
    '\\"',
  ])
    expect(timeOf(part) / ordinary, part).toBeLessThan(100);
});

/** The fastest of three: the machine may be busy with something else. Quadratic time would be ten thousand times as much. */
function timeOf(part: string): number {
  const text = part.repeat(Math.ceil(1_000_000 / part.length));
  const times = [1, 2, 3].map(() => {
    const from = performance.now();
    redactTokens(text);
    return performance.now() - from;
  });
  return Math.min(...times);
}
