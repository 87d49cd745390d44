// Several gateways in processes of their own, before one stand-in for runtimes that counts what reaches it and reports it as hosts do.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve as absolute, join } from "node:path";
import { build } from "esbuild";
import type { HostInvocation } from "~/runtime/contract/host-protocol";
import { newId } from "~/server/ids";
import type { PlacedDeployment } from "~/server/providers/provider";
import { ensureTelemetryPartitionAcrossWorkspaces } from "~/server/telemetry/telemetry.queries";
import type { GatewayTask, GatewayWord } from "./gateway-process";
import type { TestServices } from "./test-services";

export type FleetGateway = {
  url: string;
  /** Resolves when so many more of its calls have reached the stand-in. */
  whenReached(more: number): Promise<void>;
  kill(): Promise<void>;
  drain(): Promise<void>;
};
export type Fleet = {
  start(): Promise<FleetGateway>;
  /** Calls that a runtime was asked for. */
  reached(): number;
  /** Resolves when the stand-in has reported every call. */
  reported(): Promise<void>;
  close(): Promise<void>;
};

/** `byGateway`: each under a path of its own at the stand-in. */
type Counted = { reached: number; byGateway: Map<string, number>; waiting: Waiting[] };
type Waiting = { path: string; count: number; resolve: () => void };
type Asked = { target: PlacedDeployment; call: HostInvocation };
const answerAfterMsMax = 200;

/** `runtime`: the stand-in, or the agent host that the services' configuration names. */
export async function openFleet(services: TestServices, options: { runtime?: "agent_host" } = {}): Promise<Fleet> {
  const program = absolute(".cache", `gateway-process-${process.pid}.mjs`);
  await build({
    entryPoints: ["server/testing/gateway-process.ts"],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "silent",
  });
  // Midnight may come while it runs.
  for (const aheadMs of [0, 86_400_000]) {
    const day = new Date(Date.now() + aheadMs).toISOString().slice(0, 10);
    await ensureTelemetryPartitionAcrossWorkspaces(services.owner, "d30", day);
  }
  const counted: Counted = { reached: 0, byGateway: new Map(), waiting: [] };
  const reports = new Set<Promise<void>>();
  const upstream = await listen(services, counted, reports);
  const standInUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const upstreamUrl = options.runtime === "agent_host" ? null : standInUrl;
  const children = new Set<ChildProcess>();
  return {
    start: () => startGateway(services, { program, upstreamUrl, children, counted }),
    reached: () => counted.reached,
    reported: async () => {
      while (reports.size > 0) await Promise.all(reports);
    },
    close: async () => {
      for (const child of children) child.kill("SIGKILL");
      upstream.closeAllConnections();
      upstream.close();
      await rm(program, { force: true });
    },
  };
}

/** As an agent host: a call that reached it is done and reported, whatever becomes of who asked. */
async function listen(services: TestServices, counted: Counted, reports: Set<Promise<void>>): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("error", () => undefined);
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { url: path = "" } = request;
      counted.reached += 1;
      counted.byGateway.set(path, (counted.byGateway.get(path) ?? 0) + 1);
      tellWaiting(counted);
      const asked = JSON.parse(Buffer.concat(chunks).toString()) as Asked;
      const startedAt = new Date();
      const reporting: Promise<void> = new Promise((resolve) => setTimeout(resolve, Math.random() * answerAfterMsMax))
        .then(() => report(services, asked, startedAt))
        .then(() => void response.end(JSON.stringify(answerOf(asked))))
        .finally(() => reports.delete(reporting));
      reports.add(reporting);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function tellWaiting({ byGateway, waiting }: Counted): void {
  for (const { path, count, resolve } of waiting) if ((byGateway.get(path) ?? 0) >= count) resolve();
}

const usage = { tokens: 3, computeMs: 5, toolCalls: 0 };

function answerOf({ call }: Asked) {
  return { output: { text: "done" }, sessionId: call.sessionId, usage, traceId: call.traceId };
}

async function report({ owner }: TestServices, { target, call }: Asked, startedAt: Date): Promise<void> {
  const { ownerUserId } = await owner
    .selectFrom("deployments")
    .select("ownerUserId")
    .where("id", "=", target.deploymentId)
    .executeTakeFirstOrThrow();
  await owner
    .insertInto("telemetryEvents")
    .values({
      ...target,
      retentionClass: "d30",
      occurredAt: startedAt,
      eventId: newId("event"),
      userId: ownerUserId,
      runtimeProvider: "embedded",
      requests: 1,
      llmTokens: usage.tokens,
      computeMs: usage.computeMs,
      toolCalls: 0,
      errors: 0,
      errorClass: null,
      costUsdEstimated: 0,
      traceId: call.traceId,
    })
    .execute();
}

type Start = { program: string; upstreamUrl: string | null; children: Set<ChildProcess>; counted: Counted };

async function startGateway(services: TestServices, start: Start): Promise<FleetGateway> {
  const { program, children, counted } = start;
  const path = `/${newId("trace")}`;
  const upstreamUrl = start.upstreamUrl && start.upstreamUrl + path;
  const child = fork(program, { serialization: "advanced", execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
  children.add(child);
  const gone = once(child, "exit").then(() => {
    children.delete(child);
  });
  const { network: _network, github: _github, billing: _billing, mail: _mail, publicUrl, ...config } = services.config;
  const controlSocket = join(services.directory, `${newId("trace").slice(-8)}.sock`);
  child.send({ config: { ...config, publicUrl: publicUrl.href, controlSocket }, upstreamUrl } satisfies GatewayTask);
  const [word] = (await Promise.race([once(child, "message"), gone.then(() => [null])])) as [GatewayWord | null];
  if (!word) throw new Error("The gateway ended before it listened.");
  const end = (signal: NodeJS.Signals) => async () => {
    child.kill(signal);
    await gone;
  };
  const whenReached = (more: number) =>
    new Promise<void>((resolve) => {
      counted.waiting.push({ path, count: (counted.byGateway.get(path) ?? 0) + more, resolve });
    });
  return { url: word.url, whenReached, kill: end("SIGKILL"), drain: end("SIGTERM") };
}
