// The socket on which the shim of one process hands over what it signed.
import { createServer, type IncomingMessage, type Server } from "node:http";
import { telemetryHeaders } from "~/runtime/contract/telemetry";
import { readBody } from "./read-body";
import type { SpooledBatch } from "./telemetry-spool";

const batchBytesMax = 1024 * 1024;
const passedOn = ["content-type", telemetryHeaders.deploymentId, telemetryHeaders.signature] as const;

export function createSpoolServer(spool: (batch: SpooledBatch) => void): Server {
  return createServer((request, response) => {
    readBody(request, batchBytesMax).then(
      (body) => {
        spool({ headers: pickHeaders(request), body });
        response.writeHead(202).end();
      },
      () => response.writeHead(400).end(),
    );
  });
}

function pickHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(passedOn.map((name) => [name, String(request.headers[name] ?? "")]));
}
