// A real agent host for one test file, with a stand-in for the house on its control socket.
import { createHash, createHmac, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startAgentHost } from "~/runtime/agent-host/agent-host";
import type { HostConfig } from "~/runtime/agent-host/host-config";
import { createHostLog } from "~/runtime/agent-host/host-log";
import { HostLogReport } from "~/runtime/contract/host-logs";
import { type HostInvocation, IntegrityReport, type LaunchGrant, type Placement } from "~/runtime/contract/host-protocol";
import { TelemetryBatch, TelemetryEvent, telemetryHeaders } from "~/runtime/contract/telemetry";
import { newId } from "~/server/ids";
import { createEmbeddedProvider } from "~/server/providers/embedded/embedded-provider";
import type { Provider } from "~/server/providers/provider";

export type TestHouse = {
  socketPath: string;
  /** What the next launches of a deployment are granted; without an entry, nothing but a telemetry key. */
  env: Map<string, Record<string, string>>;
  /** Said beside `env`: versions by name. */
  secretVersions: Map<string, Record<string, number>>;
  /** Deployments whose grant is refused with these words. */
  refusals: Map<string, string>;
  /** Events whose signature was right, oldest first. */
  events: TelemetryEvent[];
  /** Bodies whose signature was wrong. */
  forgeries: string[];
  /** How the house answers batches: 202 unless a test says otherwise. */
  batchStatus: number;
  /** How many batches arrived, whatever became of them. */
  batches: number;
  launches: string[];
  /** How the house answers reports of lines: 204 unless a test says otherwise. */
  logStatus: number;
  /** Lines of agents that were taken in, oldest first, as often as they came. */
  printed: string[];
  /** The digest that the house says it recorded for a deployment's module; without an entry it says none. */
  recorded: Map<string, string>;
  /** Deployments whose placed module the host found altered, once for each time. */
  alterations: string[];
  keyOf(deploymentId: string): string;
  close(): Promise<void>;
};

/** The house as the host sees it: grants at launches, and a door for telemetry that checks signatures. */
export async function startTestHouse(directory: string, token: string): Promise<TestHouse> {
  const rootKey = randomBytes(32);
  const keyOf = (deploymentId: string) => createHmac("sha256", rootKey).update(deploymentId).digest("hex");
  const socketPath = join(directory, "house.sock");
  const house: Omit<TestHouse, "close"> = {
    socketPath,
    env: new Map(),
    secretVersions: new Map(),
    refusals: new Map(),
    events: [],
    forgeries: [],
    batchStatus: 202,
    batches: 0,
    launches: [],
    logStatus: 204,
    printed: [],
    recorded: new Map(),
    alterations: [],
    keyOf,
  };
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    if (request.url === "/internal/launch") return grant(house, { token, request, response, body });
    if (request.url === "/internal/integrity") {
      house.alterations.push(IntegrityReport.parse(JSON.parse(body.toString())).deploymentId);
      return void response.writeHead(204).end();
    }
    if (request.url === "/internal/logs") {
      const { deployments } = HostLogReport.parse(JSON.parse(body.toString()));
      const lines = deployments.flatMap((of) => of.lines.map(({ line }) => line));
      if (house.logStatus === 204) house.printed.push(...lines);
      return void response.writeHead(house.logStatus).end();
    }
    house.batches += 1;
    if (house.batchStatus === 202) takeBatch(house, request, body);
    response.writeHead(house.batchStatus).end();
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return Object.assign(house, {
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

type GrantRequest = { token: string; request: IncomingMessage; response: ServerResponse; body: Buffer };

function grant(house: Omit<TestHouse, "close">, { token, request, response, body }: GrantRequest): void {
  if (request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end();
  const { deploymentId } = JSON.parse(body.toString()) as { deploymentId: string };
  house.launches.push(deploymentId);
  const refusal = house.refusals.get(deploymentId);
  if (refusal !== undefined) {
    const error = { code: "DEPLOYMENT_FAILED", message: refusal, retryable: false };
    return void response.writeHead(409, { "content-type": "application/json" }).end(JSON.stringify({ error }));
  }
  const answer: LaunchGrant = {
    env: house.env.get(deploymentId) ?? {},
    telemetryKey: house.keyOf(deploymentId),
    secretVersions: house.secretVersions.get(deploymentId) ?? {},
    ...(house.recorded.has(deploymentId) ? { moduleSha256: house.recorded.get(deploymentId) } : {}),
  };
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
}

function takeBatch(house: Omit<TestHouse, "close">, request: IncomingMessage, body: Buffer): void {
  const deploymentId = String(request.headers[telemetryHeaders.deploymentId]);
  const expected = createHmac("sha256", Buffer.from(house.keyOf(deploymentId), "hex"))
    .update(body)
    .digest("hex");
  if (request.headers[telemetryHeaders.signature] !== `v1=${expected}`) house.forgeries.push(body.toString());
  else house.events.push(...TelemetryBatch.parse(JSON.parse(body.toString())).events.map((event) => TelemetryEvent.parse(event)));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export type TestAgentHost = {
  directory: string;
  config: HostConfig;
  house: TestHouse;
  provider: Provider;
  /** Ends the host and starts it again over the same folder. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/** The adapter for a host that runs elsewhere. */
export function connectToAgentHost(host: { socketPath: string; token: string }): Provider {
  return createEmbeddedProvider(host);
}

/** A host in this process; `overrides` are its settings. */
export async function startTestAgentHost(overrides: Partial<HostConfig> = {}): Promise<TestAgentHost> {
  const directory = await mkdtemp(join(tmpdir(), "whs-host-"));
  const token = randomBytes(32).toString("hex");
  const house = await startTestHouse(directory, token);
  const config = testHostConfig(directory, { token, controlSocketPath: house.socketPath, ...overrides });
  let host = await startAgentHost(config, createHostLog("silent"));
  return {
    directory,
    config,
    house,
    provider: createEmbeddedProvider({ socketPath: config.socketPath, token }),
    async restart() {
      await host.stop();
      host = await startAgentHost(config, createHostLog("silent"));
    },
    async stop() {
      await host.stop();
      await house.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export function testHostConfig(directory: string, overrides: Partial<HostConfig>): HostConfig {
  return {
    dataDir: directory,
    token: "",
    socketPath: join(directory, "host.sock"),
    controlSocketPath: "",
    egressAllowLoopback: false,
    logLevel: "error",
    idleMs: 60_000,
    hangMs: 1_500,
    startMs: 8_000,
    drainMs: 10_000,
    stateBytesMax: 1_073_741_824,
    stateWatchMs: 10_000,
    egressBytesPerMinuteMax: 1_073_741_824,
    streams: { graceMs: 15_000, keptMs: 900_000, bytesMax: 268_435_456 },
    ...overrides,
  };
}

/** Writes a bundle, builds it and makes a placement of it. The entry point is `index.ts`. */
export async function buildPlacement(
  provider: Provider,
  source: string | Record<string, string>,
  overrides: Partial<Placement> = {},
): Promise<Placement> {
  const directory = await mkdtemp(join(tmpdir(), "whs-bundle-"));
  const files = typeof source === "string" ? { "index.ts": source } : source;
  for (const [path, contents] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), contents);
  }
  const entrypoint = Object.keys(files)[0] ?? "index.ts";
  const { code } = await provider.build({ directory, entrypoint }, { signal: AbortSignal.timeout(45_000) });
  await rm(directory, { recursive: true });
  return placementOf(code, overrides);
}

export function placementOf(module: string, overrides: Partial<Placement> = {}): Placement {
  const deploymentId = overrides.deploymentId ?? newId("deployment");
  return {
    deploymentId,
    agentId: newId("agent"),
    workspaceId: newId("workspace"),
    userId: newId("user"),
    version: 1,
    module,
    moduleSha256: createHash("sha256").update(module).digest("hex"),
    // More than anything takes on a busy machine; what is to run out of time says so.
    timeoutMs: 60_000,
    memoryMb: 128,
    stateKey: deploymentId,
    ...overrides,
  };
}

/** A call with one user message. */
export function invocationOf(prompt: string, overrides: Partial<HostInvocation> = {}): HostInvocation {
  return {
    traceId: newId("trace"),
    sessionId: newId("agentSession"),
    messages: [{ role: "user", content: prompt }],
    options: {},
    metadata: {},
    timeoutMs: 45_000,
    ...overrides,
  };
}
