// An agent's answer is whole when its last frame is, with or without the line break behind it, and is never made whole when it broke.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compileMask } from "~/runtime/redaction/mask-text";
import { createAgentLog } from "./agent-log";
import { AgentProcess } from "./agent-process";
import { answerJson } from "./answer-json";
import { callAgent } from "./call-agent";
import { HeldAnswers } from "./held-answers";

let directory: string;
let server: Server;
let child: ChildProcess;
let agent: AgentProcess;
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "whs-call-"));
  const socket = join(directory, "agent.sock");
  server = createServer((_request, response) => answer(response)).listen(socket);
  await once(server, "listening");
  child = spawn("sleep", ["600"], { stdio: ["ignore", "pipe", "pipe"] });
  const sockets = { agent: socket, shim: socket };
  const clean = () => ({ push: () => undefined, end: () => undefined });
  agent = new AgentProcess({ child, memoryMb: 64, sockets, log: createAgentLog(), clean, release: () => undefined });
});
afterAll(async () => {
  agent.kill("The test is over.");
  await agent.ended;
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

const words = '"grüß 👩‍🚀"\n';
const used = '{"usage":{"tokens":3,"toolCalls":1}}';

async function ask(pieces: Buffer[], end: (response: ServerResponse) => void = (response) => response.end()) {
  const texts: string[] = [];
  answer = (response) => {
    for (const piece of pieces) response.write(piece);
    end(response);
  };
  const sink = { onText: (text: string) => texts.push(text) > 0 };
  const held = new HeldAnswers().open("dep_1", () => undefined);
  const outcome = await callAgent(agent, { body: Buffer.from("{}"), timeoutMs: 60_000, held }, sink).outcome;
  return { outcome, text: texts.join("") };
}

it.each(["", "\n", "\r", "\r\n"])("is whole when its last frame ends with %j, split anywhere", async (last) => {
  const bytes = Buffer.from(words + used + last);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const { outcome, text } = await ask([bytes.subarray(0, cut), bytes.subarray(cut)]);
    expect(outcome).toMatchObject({ kind: "done", usage: { tokens: 3, toolCalls: 1 } });
    expect(text).toBe("grüß 👩‍🚀");
  }
});

it("is not whole when its last frame is not", async () => {
  for (let length = 0; length < used.length; length += 1) {
    const { outcome, text } = await ask([Buffer.from(words + used.slice(0, length))]);
    expect(outcome).toMatchObject({ kind: "failed", error: { message: expect.stringContaining("before it was finished") } });
    expect(text).toBe("grüß 👩‍🚀");
  }
});

it("that breaks behind a whole frame without its line break was cut", async () => {
  const { outcome } = await ask([Buffer.from(words + used)], (response) => setImmediate(() => response.destroy()));
  expect(outcome).toMatchObject({ kind: "failed" });
});

it.each([
  ["lines that never end", "x".repeat(50_000)],
  ["whole answers that never end", `"${"x".repeat(25_000)}"\n`],
])("gives way when its host holds too much of %s, and what it held is let go", async (_what, piece) => {
  const answers = new HeldAnswers(100_000);
  const held = answers.open("dep_1", (error) => running.fail(error));
  answer = (response) => void [1, 2, 3].map(() => response.write(piece));
  const call = { traceId: "trc_1", sessionId: "ses_1", messages: [], options: {}, metadata: {}, timeoutMs: 60_000 };
  const sink = answerJson({} as ServerResponse, { call, mask: compileMask([]), held });
  const running = callAgent(agent, { body: Buffer.from("{}"), timeoutMs: 60_000, held }, sink);
  expect(await running.outcome).toMatchObject({
    kind: "failed",
    error: { options: { retryable: true, details: { reason: "host_full" } } },
  });
  expect(answers.bytes).toBe(0);
});
