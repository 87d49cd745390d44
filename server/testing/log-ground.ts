// A web process and an agent host, each a program of its own that can be killed, and between them a door that notes which lines were
// acknowledged: where campaigns about lines of agents begin.
import { type ChildProcess, fork, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import path from "node:path";
import process from "node:process";
import { HostLogReport } from "~/runtime/contract/host-logs";
import type { Provider } from "~/server/providers/provider";
import { connectToAgentHost, invocationOf } from "./agent-host";
import type { GatewayTask } from "./gateway-process";
import type { LiveAgent } from "./live-agent";
import { buildMortalProgram } from "./mortal-program";
import type { TestServices } from "./test-services";

const readyMs = 60_000;
const pollMs = 20;
const stdio: StdioOptions = ["ignore", "inherit", "inherit", "ipc"];

export type LogGround = {
  provider: Provider;
  /** Asks the host itself, past all gateways. Rejects when it dies. */
  print(agent: LiveAgent, prompt: string): Promise<unknown>;
  startWeb(): Promise<void>;
  startHost(): Promise<void>;
  killWeb(): Promise<void>;
  /** The next time that lines are durable and the host has not heard so. */
  killWebUnheard(): Promise<void>;
  killHost(): Promise<void>;
  /** Numbers of the lines of one life that the host was told are durable. */
  acknowledged(deploymentId: string, life: number): Set<number>;
  /** Resolves when so many of a life are. */
  whenAcknowledged(deploymentId: string, life: number, count: number): Promise<void>;
  /** Resolves when nothing that reached the house is unanswered. */
  whenQuiet(): Promise<void>;
  /** Throws when it is not so within a minute. */
  whenSo(what: string, isSo: () => Promise<boolean>): Promise<void>;
  close(): Promise<void>;
};

type Places = { directory: string; web: string; door: string; host: string };
type Program = { start(): Promise<void>; kill(): Promise<void>; remove(): Promise<void> };

/** `directory`: for sockets and for what the host keeps. */
export async function openLogGround(services: TestServices, directory: string): Promise<LogGround> {
  const socket = (name: string) => path.join(directory, `${name}.sock`);
  const places = { directory, web: socket("web"), door: socket("door"), host: socket("host") };
  const door = await openDoor(places);
  const [web, host] = await Promise.all([openWeb(services, places), openHost(services, places)]);
  await Promise.all([web.start(), host.start()]);
  const provider = connectToAgentHost({ socketPath: places.host, token: services.config.agentHostToken });
  return {
    provider,
    print: (agent, prompt) => provider.invoke(agent, invocationOf(prompt), { signal: AbortSignal.timeout(readyMs) }),
    startWeb: web.start,
    startHost: host.start,
    killWeb: web.kill,
    killWebUnheard: () => new Promise((resolve) => door.loseNextAnswer(() => void web.kill().then(resolve))),
    killHost: host.kill,
    acknowledged: door.acknowledged,
    whenAcknowledged: (deploymentId, life, count) =>
      poll(`${count} lines of life ${life}`, () => door.acknowledged(deploymentId, life).size >= count),
    whenSo: poll,
    whenQuiet: () => poll("the house to be quiet", () => door.underway() === 0),
    async close() {
      await Promise.all([web.remove(), host.remove()]);
      await door.close();
    },
  };
}

function openWeb(services: TestServices, places: Places): Promise<Program> {
  const { network: _network, github: _github, billing: _billing, mail: _mail, publicUrl, ...config } = services.config;
  const task = { config: { ...config, publicUrl: publicUrl.href, controlSocket: places.web }, upstreamUrl: null };
  return openProgram("server/testing/gateway-process.ts", places, (program) => {
    const child = fork(program, { serialization: "advanced", execArgv: [], stdio });
    child.send(task satisfies GatewayTask);
    return child;
  });
}

function openHost(services: TestServices, places: Places): Promise<Program> {
  const env = {
    NODE_ENV: "test" as const,
    PATH: process.env["PATH"],
    DATA_DIR: places.directory,
    AGENT_HOST_TOKEN: services.config.agentHostToken,
    AGENT_HOST_SOCKET: places.host,
    CONTROL_SOCKET: places.door,
    LOG_LEVEL: "error",
  };
  return openProgram("runtime/agent-host/main.ts", places, (program) => fork(program, { env, execArgv: [], stdio }));
}

/** Its first message says that it is ready. */
async function openProgram(entry: string, places: Places, begin: (program: string) => ChildProcess): Promise<Program> {
  const program = await buildMortalProgram(entry, places.directory);
  let child: ChildProcess | null = null;
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  return {
    async start() {
      child = begin(program);
      await firstWord(child);
    },
    kill,
    async remove() {
      await kill();
      await rm(program, { force: true });
    },
  };
}

async function firstWord(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit").then(() => "gone");
  if ((await Promise.race([once(child, "message"), gone])) === "gone") throw new Error("The program ended before it was ready.");
}

async function poll(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const untilMs = Date.now() + readyMs;
  while (!(await isSo())) {
    if (Date.now() > untilMs) throw new Error(`Waited ${readyMs} ms in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** The host's way to the house. An answer is noted before the host has it: what it will believe to be durable. */
async function openDoor(places: { web: string; door: string }) {
  const known = new Map<string, Set<number>>();
  let underway = 0;
  let onUnheard: (() => void) | null = null;
  const setOf = (name: string) => {
    const numbers = known.get(name) ?? new Set<number>();
    known.set(name, numbers);
    return numbers;
  };
  /** False: the host is not to hear it. */
  const note = (body: Buffer): boolean => {
    if (onUnheard) {
      onUnheard();
      onUnheard = null;
      return false;
    }
    for (const { deploymentId, lines } of HostLogReport.parse(JSON.parse(body.toString())).deployments) {
      for (const { line } of lines) {
        const [, life, number] = /^life (\d+) line (\d+)$/.exec(line) ?? [];
        if (number !== undefined) setOf(`${deploymentId}/${life}`).add(Number(number));
      }
    }
    return true;
  };
  const server = createServer((request, response) => {
    underway += 1;
    response.once("close", () => {
      underway -= 1;
    });
    void passOn(request, response, { socketPath: places.web, onAcknowledged: note });
  });
  await new Promise<void>((resolve) => server.listen(places.door, resolve));
  return {
    acknowledged: (deploymentId: string, life: number) => setOf(`${deploymentId}/${life}`),
    underway: () => underway,
    loseNextAnswer: (onLost: () => void) => {
      onUnheard = onLost;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A house that is gone, or goes while it is asked, is a connection that breaks. */
async function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  { socketPath, onAcknowledged }: { socketPath: string; onAcknowledged: (body: Buffer) => boolean },
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const { method, url, headers } = request;
  const further = httpRequest({ socketPath, method, path: url, headers, agent: false }, (answer) => {
    if (url === "/internal/logs" && answer.statusCode === 204 && !onAcknowledged(body)) return void response.destroy();
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.on("error", () => response.destroy());
    answer.pipe(response);
  });
  further.on("error", () => response.destroy());
  further.end(body);
}
