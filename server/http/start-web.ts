// Opens every door of the web process, and closes them again without cutting anybody off in mid-sentence.
import { setMaxListeners } from "node:events";
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { followKeyChanges } from "~/server/auth/key-changes";
import { drainKeyUses } from "~/server/auth/key-uses";
import { createGateway } from "~/server/invocations/gateway";
import type { Metrics } from "~/server/observability/start-metrics";
import type { Services } from "~/server/services";
import { createTelemetryIngest } from "~/server/telemetry/telemetry-ingest";
import { createControlServer, listenOnSocket } from "./control-socket";
import { type ArrivalLimits, createServer } from "./create-server";
import type { Door } from "./door";
import { loadRemixBuild } from "./remix-build";
import { trackConnections } from "./track-connections";

/**
 * Streams and slow answers get as long as `deadlineMs` after the stop was asked for. A little before that, running calls are told so in
 * their last event; those that have no caller any more are waited for at the end. The launcher waits longer than all of it takes.
 */
export type DrainLimits = { cutAfterMs: number; deadlineMs: number; lastCallsMs: number };
export const drainLimits: DrainLimits = { cutAfterMs: 24_000, deadlineMs: 25_000, lastCallsMs: 2_000 };
/** `npm run dev` starts the process anew at each change. */
export const hurriedLimits: DrainLimits = { cutAfterMs: 1_000, deadlineMs: 1_500, lastCallsMs: 1_000 };
const idleSweepMs = 100;

export type WebOptions = {
  /** The folder of the project; null: no pages, only the machine surfaces. */
  rootDirectory: string | null;
  /** Loads the pages again whenever they were rebuilt (`npm run dev`). */
  watchesBuild: boolean;
  /** Absent: as production has it. */
  arrival?: ArrivalLimits;
  /** Absent: as production has it, or as who works on the code wants it. */
  leave?: DrainLimits;
  /** Absent: this process counts nothing. */
  metrics?: Metrics | null;
};

export type Web = {
  /** Where it listens. */
  url: string;
  /** Stops taking requests, ends live streams, lets the rest finish. Leaves the services open. Safe to call twice. */
  drain(): Promise<void>;
};

/** Rejects with one clear sentence when the pages are not built or the port is taken. */
export async function startWeb(services: Services, options: WebOptions): Promise<Web> {
  const leave = options.leave ?? (options.watchesBuild ? hurriedLimits : drainLimits);
  const closing = new AbortController();
  // One listener for each live stream.
  setMaxListeners(0, closing.signal);
  const remix =
    options.rootDirectory === null
      ? null
      : await loadRemixBuild({ rootDirectory: options.rootDirectory, watches: options.watchesBuild });
  const door: Door = {
    services,
    metrics: options.metrics ?? null,
    telemetry: createTelemetryIngest(services),
    gateway: createGateway(services),
    origin: services.config.publicUrl.origin,
    closing: closing.signal,
  };
  const forgetChanges = await followKeyChanges(services);
  const [pages, control] = [listenerOf(createServer(door, remix, options.arrival)), listenerOf(createControlServer(door))];
  await listenOnSocket(control.app, services.config.controlSocket);
  const url = await listen(pages.app, services);
  // Port 0 asks the system for any free one: only now is it known.
  if (services.config.port === 0 && !services.config.isProduction) door.origin = url;
  let drained: Promise<void> | undefined;
  return {
    url,
    drain: () => {
      closing.abort();
      drained ??= drainAll(door, [pages, control], leave).finally(forgetChanges);
      return drained;
    },
  };
}

type Listener = { app: FastifyInstance; closeQuiet: () => void };

function listenerOf(app: FastifyInstance): Listener {
  return { app, closeQuiet: trackConnections(app.server) };
}

async function listen(app: FastifyInstance, { config }: Services): Promise<string> {
  await app.listen({ host: config.host, port: config.port });
  const { port } = app.server.address() as AddressInfo;
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  return `http://${host}:${port}`;
}

/** The agent host's socket stays open until the streams that it feeds have ended; then what is left is written down. */
async function drainAll(door: Door, [pages, control]: [Listener, Listener], limits: DrainLimits): Promise<void> {
  const cut = setTimeout(() => door.gateway.cut(), limits.cutAfterMs);
  await closeServer(pages, limits.deadlineMs);
  clearTimeout(cut);
  // Whoever still speaks there comes again with the same.
  await closeServer(control, limits.lastCallsMs);
  await Promise.all([door.gateway.drain(limits.lastCallsMs), door.telemetry.writer.drain(), drainKeyUses(door.services)]);
}

/** Connections that fall idle are closed as they do; what is still busy at the deadline is cut. */
async function closeServer({ app, closeQuiet }: Listener, deadlineMs: number): Promise<void> {
  const sweep = setInterval(closeQuiet, idleSweepMs);
  const deadline = setTimeout(() => app.server.closeAllConnections(), deadlineMs);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(deadline);
  }
}
