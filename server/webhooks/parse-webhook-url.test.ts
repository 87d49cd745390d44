// Only addresses over TLS at names that are known in public are taken; everything else is refused by its letters alone.
import { describe, expect, it } from "vitest";
import { parseWebhookHost, parseWebhookUrl } from "./parse-webhook-url";

describe("an address", () => {
  it.each([
    ["https://hooks.example.com/a?b=c", "hooks.example.com"],
    ["https://HOOKS.example.com/", "hooks.example.com"],
    ["https://hooks.example.com:8443/x", "hooks.example.com:8443"],
    ["https://hooks.example.com:443/x", "hooks.example.com"],
  ])("%s is taken", (url, host) => {
    expect(parseWebhookUrl(url)).toMatchObject({ host });
  });

  it.each([
    "hooks.example.com",
    "http://hooks.example.com/",
    "ftp://hooks.example.com/",
    "https://user:pass@hooks.example.com/",
    "https://user@hooks.example.com/",
    "https://hooks.example.com/#part",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://169.254.169.254/latest/meta-data",
    "https://localhost/",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "https://intranet/",
    "https://hooks.example.com./",
    "https://a_b.example.com/",
    `https://hooks.example.com/${"ü".repeat(100)}`,
    "",
  ])("%s is refused", (url) => {
    expect(() => parseWebhookUrl(url)).toThrow(expect.objectContaining({ code: "INVALID_REQUEST" }));
  });
});

describe("a host", () => {
  it.each([
    ["hooks.example.com", "hooks.example.com"],
    ["hooks.example.com:8443", "hooks.example.com:8443"],
    ["hooks.example.com:443", "hooks.example.com"],
  ])("%s is taken", (text, host) => {
    expect(parseWebhookHost(text)).toBe(host);
  });

  it.each([
    "https://hooks.example.com",
    "a@hooks.example.com",
    "hooks.example.com/x",
    "10.0.0.1",
    "[::1]",
    "localhost",
    "*.com",
    "a b.com",
  ])("%s is refused", (text) => {
    expect(() => parseWebhookHost(text)).toThrow(expect.objectContaining({ code: "INVALID_REQUEST" }));
  });
});
