// What an agent prints is kept without its secrets, also when they come in pieces on lines of their own.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { compileMask } from "~/runtime/redaction/mask-text";
import { openLineCleaner } from "./clean-lines";

const secret = "canary-of-the-agent-1234567890";

function cleaner() {
  const lines: string[] = [];
  const parts = {
    mask: compileMask([secret]),
    names: ["PIN"],
    mapStack: (text: string) => text.replace("agent.js:1:1", "a.ts:9:9"),
  };
  return { lines, clean: openLineCleaner(parts, (line) => lines.push(line)) };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("keeps ordinary lines as they are, mapped to the author's files", () => {
  const { lines, clean } = cleaner();
  for (const line of ["first", "", "at agent.js:1:1", "last"]) clean.push(line);
  clean.end();
  expect(lines).toEqual(["first", "", "at a.ts:9:9", "last"]);
});

it("masks a value at every place at which two writes may part it", () => {
  for (let cut = 1; cut < secret.length; cut += 1) {
    const { lines, clean } = cleaner();
    for (const line of ["before", `say ${secret.slice(0, cut)}`, `${secret.slice(cut)} said`, "after"]) clean.push(line);
    clean.end();
    expect(lines).toEqual(["before", "say [secret] said", "after"]);
  }
});

it("masks a value that comes character by character", () => {
  const { lines, clean } = cleaner();
  for (const char of secret) clean.push(char);
  clean.end();
  expect(lines.join("\n")).toBe("[secret]");
});

it("lets a line go that only looked like the beginning of a value, once nothing follows", () => {
  const { lines, clean } = cleaner();
  clean.push("canary-of-the-agent");
  expect(lines).toEqual([]);
  vi.advanceTimersByTime(500);
  expect(lines).toEqual(["canary-of-the-agent"]);
});

it("masks a private key that is printed line by line, credentials by their shape, and what stands behind a configured name", () => {
  const { lines, clean } = cleaner();
  for (const line of [
    "-----BEGIN PRIVATE KEY-----",
    "MIIEvQIBADAN",
    "-----END PRIVATE KEY-----",
    "Bearer abcdefgh12",
    "PIN=12",
    "done",
  ])
    clean.push(line);
  clean.end();
  expect(lines).toEqual(["[redacted]", "[redacted]", "[redacted]", "Bearer [redacted]", "PIN=[redacted]", "done"]);
});
