// An unforeseen error reaches Sentry with its place in our code and its trace id, and nothing of a caller, a secret or a body.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Writable } from "node:stream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { AppError } from "~/server/errors";
import { createLog, type Log } from "~/server/log";
import { hideValues } from "~/server/redaction/redact-text";
import { type ErrorReports, startErrorReports } from "./start-error-reports";

const configured = "configured-secret-value-of-a-test";
let dsn: string;
let envelopes: string[];
let reports: ErrorReports | null;
let log: Log;
const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    envelopes.push(`${request.url}\n${Buffer.concat(pieces)}`);
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  dsn = `http://publickey@127.0.0.1:${(server.address() as AddressInfo).port}/1`;
  hideValues([configured]);
});
afterAll(async () => {
  hideValues([]);
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(async () => {
  envelopes = [];
  reports = await startErrorReports({ errorReports: { dsn, release: "webhost@1.2.3" }, environment: "test" }, "web");
  log = createLog({ program: "web", level: "warn", destination: new Writable({ write: (_line, _encoding, done) => done() }) });
});
afterEach(() => reports?.close());

const sent = async () => {
  await vi.waitFor(() => expect(envelopes.length).toBeGreaterThan(0), { timeout: 30_000 });
  return envelopes.join("\n");
};

describe("an unforeseen error", () => {
  it("arrives with its type, place, trace id, environment and release", async () => {
    log.error({ err: new TypeError("x is not a function"), traceId: "trc_1", procedure: "agents.list" }, "procedure failed");
    const said = await sent();
    expect(said).toContain("/api/1/envelope/");
    for (const part of ["TypeError", "x is not a function", "trc_1", "agents.list", "webhost@1.2.3", '"environment":"test"']) {
      expect(said).toContain(part);
    }
    expect(said).toContain("error-reports.test.ts");
  });

  it("holds no credential, no configured value, no body, no address, no person and no host name", async () => {
    const error = Object.assign(new Error(`refused with Bearer abcdefghijklmnop0123456789 and ${configured}`), {
      request: { headers: { cookie: "session=cookiecookiecookie" }, body: "the words of a person" },
      cause: new Error("the inner words of a person"),
    });
    log.error({
      err: error,
      route: "/v1/invoke/:agentId",
      email: "ada@example.com",
      ipAddress: "203.0.113.9",
      body: "the words of a person",
      payload: { agentId: "agt_1" },
    });
    const said = await sent();
    expect(said).toContain("refused with");
    expect(said).toContain("/v1/invoke/:agentId");
    const kept = ["abcdefghijklmnop", configured, "words of a person", "cookiecookie", "ada@example.com", "203.0.113.9", "agt_1"];
    for (const word of [...kept, "server_name", "breadcrumbs", "context_line", '"modules"', '"user"', '"contexts"']) {
      expect(said, word).not.toContain(word);
    }
  });

  it("says nothing of a person or of what was sent in, though a library puts it into its words", async () => {
    const parsed = (text: string) => {
      try {
        return JSON.parse(text);
      } catch (error) {
        return error;
      }
    };
    log.error({ err: parsed('{"mood": my doctor says}') }, "failed");
    log.error({ err: new Error('invalid input syntax for type timestamp: "born on May 4th"') }, "failed");
    log.error({ err: new Error("recipient <ada.lovelace@example.com> was refused by 203.0.113.9 and 2001:db8::17") }, "failed");
    log.error({ err: new Error('new row violates check constraint "alerts_facts_check" at 12:30:45') }, "failed");
    await vi.waitFor(() => expect(envelopes).toHaveLength(4), { timeout: 30_000 });
    const said = envelopes.join("\n");
    for (const word of ["doctor", "mood", "May 4th", "lovelace", "example.com", "203.0.113", "2001:db8"])
      expect(said, word).not.toContain(word);
    for (const word of ["is not valid JSON", "invalid input syntax", "was refused by", "alerts_facts_check", "12:30:45"]) {
      expect(said, word).toContain(word);
    }
  });

  it("that comes a thousand times is told of sixty times a minute at most", async () => {
    for (let nth = 0; nth < 1_000; nth += 1) log.error({ err: new Error(`trouble ${nth}`) }, "failed");
    await reports?.close();
    expect(envelopes).toHaveLength(60);
  });

  it("is what is reported: warnings and errors that were foreseen are not", async () => {
    log.warn({ err: new Error("a warning") }, "troubled");
    log.error({ reason: "no error here" }, "a sentence");
    log.error({ err: new AppError("CONFLICT", "foreseen") }, "refused");
    log.error({ err: new Error("unforeseen") }, "failed");
    const said = await sent();
    await reports?.close();
    expect(said).toContain("unforeseen");
    for (const word of ["a warning", "no error here", "foreseen words"]) expect(envelopes.join("\n")).not.toContain(word);
    expect(envelopes.join("\n").match(/"exception"/g)).toHaveLength(1);
  });

  it("goes nowhere without a DSN, or once the reports were closed", async () => {
    await reports?.close();
    expect(await startErrorReports({ errorReports: { dsn: null, release: null }, environment: "test" }, "web")).toBeNull();
    log.error({ err: new Error("late") }, "failed");
    expect(envelopes).toEqual([]);
  });
});
