// The product as a machine sees it: the calls that README shows with curl, each with a deadline.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { strToU8, zipSync } from "fflate";

export type Answer = { status: number; body: Record<string, unknown>; headers: Headers };

const callTimeoutMs = 70_000;
const pollMs = 100;

export class ApiClient {
  constructor(
    readonly url: string,
    readonly apiKey: string,
  ) {}

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.apiKey}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(callTimeoutMs),
    });
    return { status: response.status, body: (await response.json()) as Answer["body"], headers: response.headers };
  }

  async upload(zip: Uint8Array): Promise<Answer> {
    const response = await fetch(`${this.url}/v1/uploads`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.apiKey}`, "content-type": "application/zip" },
      body: Buffer.from(zip),
      signal: AbortSignal.timeout(callTimeoutMs),
    });
    return { status: response.status, body: (await response.json()) as Answer["body"], headers: response.headers };
  }

  /** Opens a stream; the caller reads or cancels the body. */
  stream(agentId: string, prompt: string, signal?: AbortSignal): Promise<Response> {
    return fetch(`${this.url}/v1/invoke/${agentId}/stream`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.apiKey}`, "content-type": "application/json", accept: "text/event-stream" },
      body: JSON.stringify({ input: { prompt } }),
      signal: signal ?? AbortSignal.timeout(callTimeoutMs),
    });
  }

  invoke(agentId: string, prompt: string, sessionId?: string): Promise<Answer> {
    return this.call("POST", `/v1/invoke/${agentId}`, { input: { prompt }, ...(sessionId ? { sessionId } : {}) });
  }

  /** Agent, upload, deployment, in one go; resolves with the ids once the deployment has finished, however it ended. */
  async deploy(
    name: string,
    zip: Uint8Array,
  ): Promise<{ agentId: string; deploymentId: string; deployment: Record<string, unknown> }> {
    const agentId = String(expectStatus(await this.call("POST", "/v1/agents", { name }), 200, 201).body.agentId);
    const deploymentId = await this.beginDeployment(agentId, zip);
    return { agentId, deploymentId, deployment: await this.finished(deploymentId) };
  }

  async beginDeployment(agentId: string, zip: Uint8Array): Promise<string> {
    const upload = expectStatus(await this.upload(zip), 201);
    const created = await this.call("POST", `/v1/agents/${agentId}/deployments`, {
      uploadId: upload.body.uploadId,
      activate: true,
    });
    return String(expectStatus(created, 202).body.deploymentId);
  }

  finished(deploymentId: string, deadlineMs = 60_000): Promise<Record<string, unknown>> {
    return until(deadlineMs, `deployment ${deploymentId} to finish`, async () => {
      const answer = await this.call("GET", `/v1/deployments/${deploymentId}`).catch(() => null);
      return answer?.status === 200 && !["queued", "running"].includes(String(answer.body.status)) ? answer.body : null;
    });
  }
}

export function expectStatus(answer: Answer, ...statuses: number[]): Answer {
  if (!statuses.includes(answer.status))
    throw new Error(`Expected ${statuses.join(" or ")}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
}

/** Asks again and again until there is an answer; rejects at the deadline. */
export async function until<T>(deadlineMs: number, what: string, ask: () => Promise<T | null>): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const found = await ask();
    if (found !== null) return found;
    if (Date.now() > end) throw new Error(`Waited ${deadlineMs} ms in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** A bundle from text files. */
export function zipOf(files: Record<string, string>): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)])));
}

/** One of `examples/`, zipped as a person would. */
export function zipOfExample(name: string): Uint8Array {
  const folder = join("examples", name);
  return zipOf(Object.fromEntries(filesBelow(folder).map((path) => [relative(folder, path), readFileSync(path, "utf8")])));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((entry) => {
    const path = join(folder, entry);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

/** A bundle of one file with the smallest manifest. */
export function agentZip(name: string, source: string, manifest: Record<string, unknown> = {}): Uint8Array {
  const config = { name, protocol: "invoke/v1", runtime: "embedded", entrypoint: "src/index.ts", ...manifest };
  return zipOf({ "agent.config.json": JSON.stringify(config), "src/index.ts": source });
}
