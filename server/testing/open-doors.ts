// Both listeners of a web process over test services, to be knocked at in process: no port, no socket.
import type { RequestHandler } from "@remix-run/node";
import type { FastifyInstance } from "fastify";
import { createControlServer } from "~/server/http/control-socket";
import { createServer } from "~/server/http/create-server";
import type { Door } from "~/server/http/door";
import { createGateway } from "~/server/invocations/gateway";
import { createTelemetryIngest } from "~/server/telemetry/telemetry-ingest";
import type { TestServices } from "./test-services";

export type OpenDoors = {
  door: Door;
  app: FastifyInstance;
  control: FastifyInstance;
  /** Drains both; the services stay open. */
  close(): Promise<void>;
};

/** `pages` null: the machine surfaces alone. */
export async function openDoors(services: TestServices, pages: RequestHandler | null): Promise<OpenDoors> {
  const closing = new AbortController();
  const door: Door = {
    services,
    telemetry: createTelemetryIngest(services),
    gateway: createGateway(services),
    origin: services.config.publicUrl.origin,
    closing: closing.signal,
  };
  const remix = pages && { handler: async () => pages, clientDirectory: services.directory };
  const [app, control] = [createServer(door, remix), createControlServer(door)];
  await app.ready();
  await control.ready();
  const close = async () => {
    closing.abort();
    await Promise.all([app.close(), control.close()]);
    await Promise.all([door.gateway.drain(), door.telemetry.writer.drain()]);
  };
  return { door, app, control, close };
}
