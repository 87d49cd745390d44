// What the agent host reads from the environment, once; every problem is said with its mend.
import { z } from "zod";
import { hostDrainMs } from "~/runtime/contract/host-stop";
import type { StreamLimits } from "./stream-book";

const milliseconds = (byDefault: number) => z.coerce.number().int().min(10).max(86_400_000).default(byDefault);
const megabytes = (byDefault: number) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .max(1_048_576)
    .default(byDefault)
    .transform((mb) => mb * 1_048_576);

const schema = z.object({
  DATA_DIR: z.string().min(1).default(".data"),
  AGENT_HOST_TOKEN: z.string().regex(/^[0-9a-f]{64}$/i, "must be 64 hexadecimal digits; make it with: openssl rand -hex 32"),
  AGENT_HOST_SOCKET: z.string().min(1).optional(),
  CONTROL_SOCKET: z.string().min(1).optional(),
  EGRESS_ALLOW_LOOPBACK: z
    .enum(["true", "false"])
    .default("false")
    .transform((text) => text === "true"),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
  AGENT_IDLE_MS: milliseconds(300_000),
  AGENT_HANG_MS: milliseconds(5_000),
  AGENT_START_MS: milliseconds(10_000),
  AGENT_DRAIN_MS: milliseconds(hostDrainMs),
  AGENT_STATE_MB: megabytes(1_024),
  AGENT_STATE_WATCH_MS: milliseconds(10_000),
  AGENT_EGRESS_MB_PER_MINUTE: megabytes(1_024),
  STREAM_GRACE_MS: milliseconds(15_000),
  STREAM_LOGS_MB: megabytes(256),
});

export type HostConfig = {
  dataDir: string;
  token: string;
  socketPath: string;
  controlSocketPath: string;
  /** Tests only: agents may reach 127.0.0.1, by plain HTTP too. */
  egressAllowLoopback: boolean;
  logLevel: "debug" | "info" | "warn" | "error";
  /** A process without calls is stopped after this. */
  idleMs: number;
  /** An event loop that does not turn for this long is blocked. */
  hangMs: number;
  /** Longest that loading an agent may take. */
  startMs: number;
  /** Longest that calls in flight may hold up a stop. */
  drainMs: number;
  /** Disk that the sessions of one agent may take together. */
  stateBytesMax: number;
  /** How often that disk is measured while an agent is called. */
  stateWatchMs: number;
  /** What one deployment may send and receive over the network in a minute. */
  egressBytesPerMinuteMax: number;
  /** How long streams go on without a reader, and how much of what they said is kept for how long. */
  streams: StreamLimits;
};

/** The most that content may be kept for whoever comes back for it (MISSION G3): nobody can set it higher. */
const streamKeptMs = 15 * 60_000;

/** Thrown before anything has started. */
export class HostConfigError extends Error {}

export function readHostConfig(env: NodeJS.ProcessEnv = process.env): HostConfig {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(present);
  if (!parsed.success) {
    throw new HostConfigError(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; "));
  }
  const values = parsed.data;
  return {
    dataDir: values.DATA_DIR,
    token: values.AGENT_HOST_TOKEN,
    socketPath: values.AGENT_HOST_SOCKET ?? `${values.DATA_DIR}/run/agent-host.sock`,
    controlSocketPath: values.CONTROL_SOCKET ?? `${values.DATA_DIR}/run/control.sock`,
    egressAllowLoopback: values.EGRESS_ALLOW_LOOPBACK,
    logLevel: values.LOG_LEVEL,
    idleMs: values.AGENT_IDLE_MS,
    hangMs: values.AGENT_HANG_MS,
    startMs: values.AGENT_START_MS,
    drainMs: values.AGENT_DRAIN_MS,
    stateBytesMax: values.AGENT_STATE_MB,
    stateWatchMs: values.AGENT_STATE_WATCH_MS,
    egressBytesPerMinuteMax: values.AGENT_EGRESS_MB_PER_MINUTE,
    streams: { graceMs: values.STREAM_GRACE_MS, keptMs: streamKeptMs, bytesMax: values.STREAM_LOGS_MB },
  };
}
