// The socket on which our own workers inside one process reach the host: the shim hands over what it signed, the session store asks for room.
import { createServer, type IncomingMessage, type Server } from "node:http";
import { telemetryHeaders } from "~/runtime/contract/telemetry-headers";
import { readBody } from "./read-body";
import type { StateUsage } from "./state-usage";
import type { SpooledBatch } from "./telemetry-spool";

const batchBytesMax = 1024 * 1024;
const passedOn = ["content-type", telemetryHeaders.deploymentId, telemetryHeaders.signature] as const;

export type WorkerDoor = { spool(batch: SpooledBatch): void; measureState(): Promise<StateUsage> };

export function createWorkerDoor(door: WorkerDoor): Server {
  return createServer((request, response) => {
    const answered =
      request.method === "GET"
        ? door.measureState().then((usage) => response.end(JSON.stringify(usage)))
        : readBody(request, batchBytesMax).then((body) => {
            door.spool({ headers: pickHeaders(request), body });
            response.writeHead(202).end();
          });
    answered.catch(() => response.writeHead(400).end());
  });
}

function pickHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(passedOn.map((name) => [name, String(request.headers[name] ?? "")]));
}
