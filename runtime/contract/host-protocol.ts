// What the house and an agent host say to each other: JSON over HTTP on a unix socket (or TLS, on a VPS), with a shared token.
//
// House → host (host listens on `socketPath`), header `authorization: Bearer <host token>`:
//   GET    /healthz                          → HostHealth
//   PUT    /deployments/{id}                 ← Placement            → 204   idempotent; the module is stored and its digest verified
//   DELETE /deployments/{id}                                       → 204   idempotent; stops the process, removes module and session state
//   POST   /deployments/{id}/start                                 → 204   starts the process if it does not run (used by the probe)
//   POST   /deployments/{id}/stop                                  → 204   idempotent; ends the process at once, the placement stays
//   POST   /deployments/{id}/refresh                               → 204   a second process with today's secrets takes over; calls in flight
//                                                                          finish; nothing happens when none runs
//   POST   /deployments/{id}/invoke          ← HostInvocation       → invoke/v1 JSON, or text/event-stream when `accept` says so
//                                            with `x-whs-channel` it comes by a lane of the channel (event-channel.ts)
//                                            with `streamHeaders` the stream outlives its connection:
//   GET    /deployments/{id}/streams/{id}    ← last-event-id        → every event after that one; 204 when there is none and will be none;
//                                            with `asideHeader` the house listens for itself: its reading shortens nothing
//   GET    /deployments/{id}/streams/{id}/outcome                   → StreamOutcome        once the call is over
//   POST   /deployments/{id}/streams/{id}/aside                     → 204   whoever began it has left: the house reads on for itself there
//   DELETE /deployments/{id}/streams/{id}                           → 204   idempotent; stops the call, forgets what was said
//   GET    /channels/{id}                    upgrade: whs-events/1  → 101   frames of all streams of one gateway
//   GET    /deployments/{id}/logs?limit=     → { lines: HostLogLine[] }     what the agent printed, masked, newest last
//   GET    /processes                        → HostProcesses        which deployments run, and which secrets each process holds
//   GET    /placements                       → HostPlacements       everything that is placed here, running or not
// Host → house (house listens on its own socket), same token:
//   POST   /internal/launch                  ← { deploymentId }     → LaunchGrant   at each start of a process; held in memory only
//   POST   /internal/logs                    ← HostLogReport        → 204   lines of agents, once they are durable (host-logs.ts)
//   POST   /internal/integrity               ← IntegrityReport      → 204   a placed module is not what was placed; the host refuses to run it
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
  /** Computing time of one call, where the runtime measures it apart from waiting. Absent: as long as a call may take. */
  cpuMs: z.number().int().optional(),
  memoryMb: z.number().int(),
  /** The manifest claims a tool that the runtime's provider gives rights for, and the plan has it. */
  claimsTools: z.boolean().optional(),
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

/** All three, or none: then losing the reader stops the call. */
export const streamHeaders = {
  streamId: "x-whs-stream-id",
  /** Goes into the `meta` event as it is. */
  resumeUrl: "x-whs-resume-url",
  /** Most that the events may take together. */
  bytesMax: "x-whs-stream-bytes-max",
} as const;

/** A reading that is not the caller's: how long the stream is kept for them does not begin with it. */
export const asideHeader = "x-whs-stream-aside";

export const StreamOutcome = z.object({
  outcome: z.enum(["ok", "error", "aborted"]),
  /** As the agent's own `usage` event counted them. */
  tokens: z.number().int().min(0),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type StreamOutcome = z.infer<typeof StreamOutcome>;

export const LaunchGrant = z.strictObject({
  /** Configured keys that the manifest names, opened for this launch only. */
  env: z.record(z.string(), z.string()),
  /** Given to the agent like `env`, but no secrets: they are not masked in what it says. No name is in both. */
  variables: z.record(z.string(), z.string()).optional(),
  /** 32 bytes, hex: signs telemetry of this deployment. */
  telemetryKey: z.string(),
  /** name → version of each secret in `env`: the host says it back for as long as the process runs. */
  secretVersions: z.record(z.string(), z.number().int()),
  /** What the house recorded when it built the module: whoever changed the module on the host's disk could change its record there too. */
  moduleSha256: z.string().optional(),
});
export type LaunchGrant = z.infer<typeof LaunchGrant>;

/** What runs on this host at this moment; what has stopped is not here, and holds nothing. */
export const HostProcesses = z.object({
  processes: z.array(z.object({ deploymentId: z.string(), secretVersions: z.record(z.string(), z.number().int()) })),
});
export type HostProcesses = z.infer<typeof HostProcesses>;

/** Everything that was placed here and not removed: what no deployment of the house owns is found by it. */
export const HostPlacements = z.object({
  placements: z.array(z.object({ deploymentId: z.string(), agentId: z.string(), workspaceId: z.string() })),
});
export type HostPlacements = z.infer<typeof HostPlacements>;

export const IntegrityReport = z.strictObject({
  deploymentId: z.string().max(64),
  /** The digest that was placed. */
  moduleSha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type IntegrityReport = z.infer<typeof IntegrityReport>;

export type HostHealth = {
  status: "ok";
  /** What the sandbox of this machine consists of; a missing piece is said in `warnings`. */
  sandbox: Record<"ownUser" | "networkNamespace" | "ownView" | "noNewPrivileges" | "resourceLimits", boolean>;
  warnings: string[];
  deployments: number;
  processes: number;
};

/** `id`: the same whenever the line is read, and no other line's of the version; runtimes that keep lines in memory have none. */
export type HostLogLine = { at: string; stream: "stdout" | "stderr" | "host"; line: string; id?: string | undefined };
