// Logs: nothing secret reaches the line, whichever way it was handed in.
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createLog } from "./log";

function capturing() {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { lines, log: createLog({ program: "test", level: "info", destination }) };
}

describe("a log line", () => {
  it("holds no canary, whether it came as field, message, placeholder, child binding or error", () => {
    const { lines, log } = capturing();
    log.info({ authorization: "canary", nested: { more: { deeper: { password: "canary" } } } }, "fields");
    log.info("key is %s", "Bearer canary-12345678");
    log.info("object %j", { token: "canary" });
    log.child({ cookie: "canary" }).info("child");
    log.error({ err: new Error("failed", { cause: new Error("password=canary") }) }, "error");
    log.error(new Error("Authorization: Bearer canary-12345678"));
    expect(lines).toHaveLength(6);
    expect(lines.join("")).not.toContain("canary");
  });

  it("still says what happened to an error", () => {
    const { lines, log } = capturing();
    log.error({ err: new TypeError("the reason") }, "it failed");
    const line = JSON.parse(lines[0] ?? "{}");
    expect(line).toMatchObject({
      level: "error",
      program: "test",
      msg: "it failed",
      err: { type: "TypeError", message: "the reason" },
    });
    expect(line.err.stack).toContain("log.test.ts");
  });
});
