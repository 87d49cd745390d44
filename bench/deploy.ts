// From the zip to the agent's first word, and a rollback, against the least it could take: esbuild, a bare workerd, one request.
//
// Run with: node launch/bootstrap.mjs bench deploy
// Everything is the product as `npm start` runs it. Ratios count; a busy machine spoils the absolute times.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { ApiClient, expectStatus, zipOfExample } from "~/e2e/api-client";
import { startProduct } from "~/e2e/product";

const goals = { deployMs: 1_000, rollbackMs: 50 };
const rounds = 10;
const lookEveryMs = 5;

type Stage = { stage: string; startedAt: string; finishedAt: string | null };
type Deployed = { deploymentId: string; marks: Record<string, number> };

const dataDir = mkdtempSync(path.join(os.tmpdir(), "whs-bench-"));
const product = await startProduct({ dataDir });
const api = new ApiClient(product.url, product.apiKey);
try {
  say(`${os.cpus().length} cores, Node ${process.versions.node}, load ${os.loadavg()[0]?.toFixed(1)}, median of ${rounds}`);
  const zip = zipOfExample("hello");
  const agentId = String(expectStatus(await api.call("POST", "/v1/agents", { name: "bench" }), 200).body.agentId);
  await measure(agentId, zip);
} finally {
  await product.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

async function measure(agentId: string, zip: Uint8Array): Promise<void> {
  const [deployed, bare, back, backAnswered]: [Deployed[], number[], number[], number[]] = [[], [], [], []];
  // The first round warms everything up.
  for (let round = 0; round <= rounds; round += 1) {
    const [one, least] = [await deployAndCall(agentId, zip), await leastPossible()];
    if (round === 0) continue;
    deployed.push(one);
    bare.push(least);
  }
  const [first, second] = deployed.slice(-2).map((one) => one.deploymentId);
  for (let round = 0; round < rounds; round += 1) {
    const target = (round % 2 === 0 ? first : second) ?? "";
    const began = performance.now();
    expectStatus(await api.call("POST", `/v1/deployments/${target}/activate`), 200);
    back.push(performance.now() - began);
    await firstWord(agentId);
    backAnswered.push(performance.now() - began);
  }
  const names = Object.keys(deployed[0]?.marks ?? {});
  for (const name of names) say(`     ${name.padEnd(34)} ${ms(median(deployed.map((one) => one.marks[name] ?? Number.NaN)))}`);
  const [whole, least] = [median(deployed.map((one) => one.marks["upload to first word"] ?? Number.NaN)), median(bare)];
  say(`     least: esbuild, bare workerd, 1 call ${ms(least)}`);
  verdict("upload to first word", whole, goals.deployMs, `${(whole / least).toFixed(1)}× the least`);
  verdict("rollback", median(back), goals.rollbackMs, `first word after ${ms(median(backAnswered)).trim()}`);
}

async function deployAndCall(agentId: string, zip: Uint8Array): Promise<Deployed> {
  const began = performance.now();
  const upload = expectStatus(await api.upload(zip), 201);
  const uploaded = performance.now();
  const wish = { uploadId: upload.body.uploadId, activate: true };
  const created = expectStatus(await api.call("POST", `/v1/agents/${agentId}/deployments`, wish), 202);
  const asked = performance.now();
  const deploymentId = String(created.body.deploymentId);
  const done = await untilActive(deploymentId);
  const active = performance.now();
  await firstWord(agentId);
  const answered = performance.now();
  const stages = (done.steps as Stage[]).filter((step) => step.finishedAt !== null);
  const marks: Record<string, number> = { upload: uploaded - began, "ask for a deployment": asked - uploaded };
  let before = Date.parse(String(done.createdAt));
  for (const { stage, startedAt, finishedAt } of stages) {
    if (stage === "received") continue;
    marks[`  wait before ${stage}`] = Date.parse(startedAt) - before;
    marks[`  ${stage}`] = Date.parse(String(finishedAt)) - Date.parse(startedAt);
    before = Date.parse(String(finishedAt));
  }
  marks["asked to active, as seen outside"] = active - asked;
  marks["first word"] = answered - active;
  marks["upload to first word"] = answered - began;
  return { deploymentId, marks };
}

async function untilActive(deploymentId: string): Promise<Record<string, unknown>> {
  for (;;) {
    const { body } = await api.call("GET", `/v1/deployments/${deploymentId}`);
    if (body.status === "active") return body;
    if (body.status !== "queued" && body.status !== "running") throw new Error(`It ended ${body.status}: ${body.failureReason}`);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

/** Until the first piece of the answer's text. */
async function firstWord(agentId: string): Promise<void> {
  const response = await api.stream(agentId, "hello");
  if (!response.body) throw new Error("The stream has no body.");
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    text += piece.value;
    if (text.includes("event: delta")) return reader.cancel();
  }
  throw new Error(`No word came: ${text.slice(0, 300)}`);
}

/** The same entry point bundled and answered from a bare workerd: no archive, no row, no sandbox, no wrapper. */
async function leastPossible(): Promise<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "whs-bare-"));
  try {
    const began = performance.now();
    const wrapper = `import handler from "./src/index.ts";
      export default { async fetch() {
        const request = { input: { messages: [{ role: "user", content: "hello" }] }, metadata: {} };
        for await (const word of handler(request, { agent: { version: 1 }, signal: new AbortController().signal })) return new Response(word);
      } };`;
    const stdin = { contents: wrapper, resolveDir: path.resolve("examples/hello"), loader: "ts" as const };
    await build({ stdin, bundle: true, format: "esm", outfile: path.join(folder, "worker.mjs"), external: ["@webhost/agent"] });
    await answerFromWorkerd(folder);
    return performance.now() - began;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function answerFromWorkerd(folder: string): Promise<void> {
  const config = `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [(name = "main", worker = (modules = [(name = "worker.mjs", esModule = embed "worker.mjs")], compatibilityDate = "2025-11-01"))],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
    );`;
  writeFileSync(path.join(folder, "config.capnp"), config);
  const child = spawn(workerd(), ["serve", "--control-fd=3", path.join(folder, "config.capnp")], {
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  try {
    const port = await new Promise<number>((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`workerd ended with ${code}.`)));
      child.stdio[3]?.on("data", (line: Buffer) => {
        const said = /"port":\s*(\d+)/.exec(line.toString());
        if (said) resolve(Number(said[1]));
      });
    });
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    if (!(await answer.text()).startsWith("Hello")) throw new Error("The bare workerd answered something else.");
  } finally {
    child.removeAllListeners("exit");
    child.kill("SIGKILL");
  }
}

function workerd(): string {
  const name = `@cloudflare/workerd-${process.platform === "darwin" ? "darwin" : "linux"}-${process.arch === "arm64" ? "arm64" : "64"}`;
  return createRequire(path.resolve("package.json")).resolve(`${name}/bin/workerd`);
}

function verdict(what: string, value: number, goal: number, further: string): void {
  say(`${value <= goal ? "ok  " : "MISS"} ${what.padEnd(34)} ${ms(value)} (goal ${goal}); ${further}`);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0).padStart(6)} ms`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
