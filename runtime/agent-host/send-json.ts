// JSON answers of the host's own door.
import type { ServerResponse } from "node:http";
import type { InvokeUsage } from "~/runtime/contract/invoke";
import type { HostError } from "./host-error";

export const jsonHeaders = { "content-type": "application/json" } as const;

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, { ...jsonHeaders, "content-length": Buffer.byteLength(text) });
  response.end(text);
}

/** `usage`: of a call that failed halfway. */
export function sendError(response: ServerResponse, error: HostError, usage?: InvokeUsage): void {
  sendJson(response, error.status, { ...error.toBody(), ...(usage ? { usage } : {}) });
}

export function sendNothing(response: ServerResponse): void {
  response.writeHead(204).end();
}
