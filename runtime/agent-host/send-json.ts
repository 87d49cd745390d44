// JSON answers of the host's own door.
import type { ServerResponse } from "node:http";
import type { HostError } from "./host-error";

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

export function sendError(response: ServerResponse, error: HostError): void {
  sendJson(response, error.status, error.toBody());
}

export function sendNothing(response: ServerResponse): void {
  response.writeHead(204).end();
}
