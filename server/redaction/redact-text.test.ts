// Redaction: every credential shape we know is masked, prose stays prose, and no text takes for ever.
import { describe, expect, it } from "vitest";
import { newApiKey } from "~/server/auth/api-key-format";
import { redactText } from "./redact-text";
import { redactValue } from "./redact-value";

/** Put together at run time, so that no scanner takes the test itself for a leak. */
const join = (...parts: string[]) => parts.join("");

const credentials: Record<string, string> = {
  openai: join("sk", "-proj-abcdEFGH1234567890"),
  anthropic: join("sk", "-ant-api03-abcdEFGH1234"),
  stripe: join("sk", "_live_", "abcdEFGH12345678"),
  stripeWebhook: join("whsec", "_abcdEFGH12345678"),
  aws: join("AKIA", "ABCDEFGHIJKLMNOP"),
  github: join("ghp", "_abcdefghijklmnopqrstuvwxyz0123456789"),
  githubFineGrained: join("github", "_pat_abcdefghijklmnopqrstu_vwxyz"),
  slack: join("xoxb", "-1234567890-abcdefghij"),
  google: join("AIza", "SyA1234567890abcdefghijklmnopqrstuv"),
  jwt: join("eyJ", "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc_DEF-123"),
  ours: newApiKey(),
};

describe("text", () => {
  it.each(Object.entries(credentials))("loses a credential of the kind %s wherever it stands", (_kind, secret) => {
    for (const text of [secret, `before ${secret} after`, `{"x":"${secret}"}`, `x=${secret};`, `https://h.test/${secret}?q`]) {
      expect(redactText(text)).not.toContain(secret);
      expect(redactText(text)).toContain("[redacted]");
    }
  });

  it("loses what follows Bearer, Basic, Cookie and telling names", () => {
    expect(redactText("Authorization: Bearer abc.def-ghi123")).not.toContain("abc.def");
    expect(redactText("authorization: basic dXNlcjpwYXNzd29yZDEyMw==")).not.toContain("dXNlcjpw");
    expect(redactText("Cookie: whs_session=canary; theme=dark")).not.toContain("canary");
    expect(redactText('{"password":"canary"}')).not.toContain("canary");
    expect(redactText("OPENAI_API_KEY=canary123456")).not.toContain("canary");
    expect(redactText("https://h.test/verify?token=canary&x=1")).toBe("https://h.test/verify?token=[redacted]&x=1");
    expect(redactText("postgresql://me:canary@127.0.0.1:5432/db")).toBe("postgresql://me:[redacted]@127.0.0.1:5432/db");
  });

  it("loses a private key block, also one that was cut short", () => {
    const block = ["-----BEGIN RSA PRIVATE KEY-----", "canary", "-----END RSA PRIVATE KEY-----"].join("\n");
    expect(redactText(`a ${block} b`)).toBe("a [redacted] b");
    expect(redactText(block.slice(0, 40))).toBe("[redacted]");
  });

  it("keeps prose as it is", () => {
    for (const prose of [
      "Unexpected token: expected an identifier",
      "The task-scheduler took 12 ms for risk-assessment-report",
      "deployment dep_01JD2ZK5V3W8Q9R7T6Y5X4C3B2 is active",
      "https://example.com:8443/path?page=2",
    ]) {
      expect(redactText(prose)).toBe(prose);
    }
  });

  it("takes linear time for hostile text", () => {
    const hostile = [
      "a".repeat(200_000),
      "-----BEGIN PRIVATE KEY-----".repeat(5_000),
      "eyJ".repeat(60_000),
      "x://".repeat(50_000),
    ];
    const startedAt = performance.now();
    for (const text of hostile) redactText(text);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe("values", () => {
  it("lose every field with a sensitive name at any depth, and keep counts", () => {
    const safe = redactValue({
      headers: { Authorization: "x", "set-cookie": ["y"], accept: "json" },
      user: { passwordHash: "h", apiKey: "k", name: "Ada" },
      llmTokens: 12,
      nested: { deep: { token: "t", secretName: "OPENAI_API_KEY" } },
    });
    expect(safe).toEqual({
      headers: { Authorization: "[redacted]", "set-cookie": "[redacted]", accept: "json" },
      user: { passwordHash: "[redacted]", apiKey: "[redacted]", name: "Ada" },
      llmTokens: 12,
      nested: { deep: { token: "[redacted]", secretName: "OPENAI_API_KEY" } },
    });
  });

  it("take of an error only its name, message, stack, code and cause", () => {
    const error = Object.assign(new Error("connect postgresql://me:canary@h/db", { cause: new Error("Bearer canary1234") }), {
      code: "E1",
      detail: "Key (email)=(canary@example.test)",
    });
    const text = JSON.stringify(redactValue({ err: error }));
    expect(text).not.toContain("canary");
    expect(text).toContain("E1");
  });

  it("end at cycles and cut what is long", () => {
    const cycle: Record<string, unknown> = { name: "a" };
    cycle["self"] = cycle;
    expect(JSON.stringify(redactValue(cycle))).toContain("[too deep]");
    expect(String(redactValue("x".repeat(10_000)))).toMatch(/2000 more\]$/);
  });
});
