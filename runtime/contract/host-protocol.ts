// What the house and an agent host say to each other: JSON over HTTP on a unix socket (or TLS, on a VPS), with a shared token.
//
// House → host (host listens on `socketPath`), header `authorization: Bearer <host token>`:
//   GET    /healthz                          → HostHealth
//   PUT    /deployments/{id}                 ← Placement            → 204   idempotent; the module is stored and its digest verified
//   DELETE /deployments/{id}                                       → 204   idempotent; stops the process, removes module and session state
//   POST   /deployments/{id}/start                                 → 204   starts the process if it does not run (used by the probe)
//   POST   /deployments/{id}/stop                                  → 204   idempotent; ends the process at once, the placement stays
//   POST   /deployments/{id}/invoke          ← HostInvocation       → invoke/v1 JSON, or text/event-stream when `accept` says so
//   GET    /deployments/{id}/logs?limit=     → { lines: HostLogLine[] }     what the agent printed, masked, newest last
// Host → house (house listens on its own socket), same token:
//   POST   /internal/launch                  ← { deploymentId }     → LaunchGrant   at each start of a process; held in memory only
//   POST   /v1/telemetry/batch               ← as signed by the shim, passed on unread
// Errors on both sides: `{ error: { code, message, retryable } }` with the codes of CONTRACTS "Errors".
import { z } from "zod";
import { InvokeMessage } from "./invoke";

export const Placement = z.strictObject({
  deploymentId: z.string(),
  agentId: z.string(),
  workspaceId: z.string(),
  /** The owner frozen on the deployment; telemetry carries it. */
  userId: z.string(),
  version: z.number().int(),
  /** The built ES module (customer's code with our wrapper), as UTF-8 text. */
  module: z.string().max(50_000_000),
  moduleSha256: z.string(),
  /** Absent: any public host. Empty: none. Private addresses never. */
  networkAllow: z.array(z.string()).optional(),
  timeoutMs: z.number().int(),
  memoryMb: z.number().int(),
  /** Sessions with the same key share state on disk, and only one process at a time may hold it: `deploymentId` for `stay`, `agentId` for `move`. */
  stateKey: z.string(),
});
export type Placement = z.infer<typeof Placement>;

export const HostInvocation = z.strictObject({
  traceId: z.string(),
  sessionId: z.string(),
  messages: z.array(InvokeMessage),
  options: z.record(z.string(), z.unknown()),
  metadata: z.record(z.string(), z.string()),
  timeoutMs: z.number().int(),
  /** The house's own call before a version goes live: not metered. A caller cannot set it, for the gateway writes this form itself. */
  isProbe: z.boolean().optional(),
});
export type HostInvocation = z.infer<typeof HostInvocation>;

export const LaunchGrant = z.strictObject({
  /** Configured keys that the manifest names, opened for this launch only. */
  env: z.record(z.string(), z.string()),
  /** 32 bytes, hex: signs telemetry of this deployment. */
  telemetryKey: z.string(),
});
export type LaunchGrant = z.infer<typeof LaunchGrant>;

export type HostHealth = {
  status: "ok";
  /** What the sandbox of this machine consists of; a missing piece is said in `warnings`. */
  sandbox: { ownUser: boolean; networkNamespace: boolean; noNewPrivileges: boolean; resourceLimits: boolean };
  warnings: string[];
  deployments: number;
  processes: number;
};

export type HostLogLine = { at: string; stream: "stdout" | "stderr" | "host"; line: string };
