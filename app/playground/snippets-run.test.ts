// What the playground offers to copy runs as it is: through curl, Node and Python, with a real key, against the real gateway.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findProgram } from "~/launch/find-program";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { type OpenDoors, openDoors } from "~/server/testing/open-doors";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { asCurl, asPython, asTypeScript, type Call, keyVariable } from "./snippets";

const run = promisify(execFile);
const awkward = `it's "quoted" \`date\` $(date) \\ \n second line ''' """ 🌍 \${HOME}`;
/** Says back what it heard, in pieces that cut through characters' neighbours, and fails when it is asked to. */
const sayBack = `export default async function* (request) {
  const text = request.input.messages.at(-1).content;
  if (text === "fail") throw new Error("It was asked to.");
  for (const piece of text.match(/[\\s\\S]{1,3}/gu)) yield piece;
}`;

let services: TestServices;
let doors: OpenDoors;
let agent: LiveAgent;
let origin: string;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "whs-snippets-"));
  const fake = createFakeProvider();
  services = await createTestServices({ providers: createProviderRegistry([fake]) });
  doors = await openDoors(services, null);
  origin = await doors.app.listen({ host: "127.0.0.1", port: 0 });
  agent = await createLiveAgent(services, await createTestTenant(services), fake, { module: sayBack });
});
afterAll(async () => {
  await doors.close();
  await services.dispose();
  rmSync(folder, { recursive: true, force: true });
});

type Outcome = { code: number; said: string; complaint: string };
type Runner = { name: string; program: string; run: (call: Call, apiKey?: string) => Promise<Outcome> };

async function start(program: string, words: string[], apiKey = agent.apiKey): Promise<Outcome> {
  const env = { ...process.env, [keyVariable]: apiKey };
  return run(program, words, { env, timeout: 20_000 }).then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout, complaint: stderr }),
    (failed: { code: number; stdout: string; stderr: string }) => ({
      code: failed.code,
      said: failed.stdout,
      complaint: failed.stderr,
    }),
  );
}

const runners: Runner[] = [
  {
    name: "TypeScript",
    program: "node",
    run: async (call, apiKey) => {
      const file = join(folder, "call.mjs");
      const { code } = await transform(asTypeScript(call), { loader: "ts", format: "esm", target: "node20" });
      writeFileSync(file, code);
      return start(process.execPath, [file], apiKey);
    },
  },
  {
    name: "TypeScript as JavaScript, unchanged,",
    program: "node",
    run: async (call, apiKey) => {
      const file = join(folder, "plain.mjs");
      writeFileSync(file, asTypeScript(call));
      return start(process.execPath, [file], apiKey);
    },
  },
  { name: "Python", program: "python3", run: (call, apiKey) => start("python3", ["-c", asPython(call)], apiKey) },
];

const callOf = (text: string): Call => ({
  origin,
  agentId: agent.agentId,
  deploymentId: null,
  body: { input: { messages: [{ role: "user", content: text }] } },
});

describe("a snippet", () => {
  for (const { name, program, run: runSnippet } of runners) {
    it.skipIf(program !== "node" && !findProgram(program))(`in ${name} prints the answer as it was given`, async () => {
      expect(await runSnippet(callOf(awkward))).toEqual({ code: 0, said: awkward, complaint: "" });
    });

    it.skipIf(program !== "node" && !findProgram(program))(
      `in ${name} ends badly, with the gateway's words, when refused`,
      async () => {
        const refused = await runSnippet(callOf("hello"), "not a key");
        expect(refused).toMatchObject({ code: 1, said: "" });
        expect(refused.complaint).toMatch(/UNAUTHENTICATED/);
        const failed = await runSnippet(callOf("fail"));
        expect(failed.code).toBe(1);
        expect(failed.complaint).toMatch(/asked to|agent/i);
      },
    );

    it.skipIf(program !== "node" && !findProgram(program))(
      `in ${name} names a chosen version so that the gateway takes it`,
      async () => {
        const chosen = { ...callOf("hi"), deploymentId: agent.deploymentId };
        expect(await runSnippet(chosen)).toMatchObject({ code: 0, said: "hi" });
      },
    );
  }

  it.skipIf(!findProgram("curl"))("for curl prints the events of the answer", async () => {
    const { code, said } = await start("sh", ["-c", asCurl(callOf(awkward))]);
    const words = [...said.matchAll(/^event: delta\ndata: (.*)$/gm)].map(([, data = "{}"]) => JSON.parse(data).text);
    expect([code, words.join(""), /^event: done$/m.test(said)]).toEqual([0, awkward, true]);
  });
});
