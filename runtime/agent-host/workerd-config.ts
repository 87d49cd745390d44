// The configuration of one workerd process, as Cap'n Proto text (https://github.com/cloudflare/workerd, workerd.capnp).
import type { Placement } from "~/runtime/contract/host-protocol";
import type { HostWorkers } from "./load-host-workers";
import type { TelemetryIdentity } from "./telemetry-event";

/** The name of the agent's module in stack traces. */
export const agentModuleName = "agent.js";

/** How a built module ends that carries its source map. */
export const sourceMapMarker = "//# sourceMappingURL=data:application/json;base64,";

const compatibilityDate = "2026-11-01";

export type WorkerdPaths = {
  /** A folder in which the process makes its sockets and finds ours. */
  run: string;
  /** A folder that keeps the sessions. */
  state: string;
};

export const workerdSockets = { agent: "agent.sock", shim: "shim.sock" } as const;
export const hostSockets = { egress: "egress.sock", door: "door.sock" } as const;

export type WorkerdInput = {
  placement: Placement;
  env: Record<string, string>;
  telemetryKey: string;
  workers: HostWorkers;
  paths: WorkerdPaths;
};

/** The agent may use the network (through our proxy) and its sessions; it has no binding to the shim, the key or our door. */
export function workerdConfig(input: WorkerdInput): string {
  const { placement, workers, paths } = input;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = [${quote(`--max-heap-size=${placement.memoryMb}`)}],
  services = [
    (name = "agent", worker = (
      modules = [(name = ${quote(agentModuleName)}, esModule = ${quote(withoutSourceMap(placement.module))})],
      compatibilityDate = "${compatibilityDate}", compatibilityFlags = ["enable_request_signal"],
      globalOutbound = "egress", bindings = [${agentBindings(input)}])),
    (name = "shim", worker = (
      modules = [(name = "shim.js", esModule = ${quote(workers.telemetryShim)})],
      compatibilityDate = "${compatibilityDate}", globalOutbound = "nowhere", bindings = [${shimBindings(input)}])),
    (name = "sessions", worker = (
      modules = [(name = "sessions.js", esModule = ${quote(workers.sessionStore)})],
      compatibilityDate = "${compatibilityDate}", globalOutbound = "nowhere",
      bindings = [(name = "host", service = "host")],
      durableObjectNamespaces = [(className = "SessionStore", uniqueKey = "session", enableSql = true)],
      durableObjectStorage = (localDisk = "state"))),
    (name = "state", disk = (path = ${quote(paths.state)}, writable = true)),
    (name = "egress", external = (address = ${quote(`unix:${paths.run}/${hostSockets.egress}`)}, http = (style = proxy))),
    (name = "host", external = (address = ${quote(`unix:${paths.run}/${hostSockets.door}`)}, http = ())),
    (name = "nowhere", network = (allow = [])),
    (name = "internet", network = (allow = []))
  ],
  sockets = [
    (name = "agent", address = ${quote(`unix:${paths.run}/${workerdSockets.agent}`)}, http = (), service = "agent"),
    (name = "shim", address = ${quote(`unix:${paths.run}/${workerdSockets.shim}`)}, http = (), service = "shim")
  ]
);
`;
}

function agentBindings({ placement, env }: WorkerdInput): string {
  const { agentId, deploymentId, version } = placement;
  const identity = JSON.stringify({ id: agentId, deploymentId, version });
  return [
    ...Object.entries(env).map(([name, value]) => `(name = ${quote(name)}, text = ${quote(value)})`),
    `(name = "agent", json = ${quote(identity)})`,
    `(name = "sessions", durableObjectNamespace = (className = "SessionStore", serviceName = "sessions"))`,
  ].join(", ");
}

function shimBindings({ placement, telemetryKey }: WorkerdInput): string {
  const algorithm = JSON.stringify({ name: "HMAC", hash: "SHA-256" });
  return [
    `(name = "telemetryKey", cryptoKey = (hex = ${quote(telemetryKey)}, algorithm = (json = ${quote(algorithm)}), usages = [sign], extractable = false))`,
    `(name = "identity", json = ${quote(JSON.stringify(telemetryIdentity(placement)))})`,
    `(name = "host", service = "host")`,
  ].join(", ");
}

export function telemetryIdentity({ userId, agentId, deploymentId }: Omit<Placement, "module">): TelemetryIdentity {
  return { userId, agentId, deploymentId, runtimeProvider: "embedded" };
}

/** The runtime has no use for the map, and reading it would cost each start time and memory; the host maps positions by itself. */
function withoutSourceMap(module: string): string {
  const at = module.lastIndexOf(sourceMapMarker);
  return at < 0 || module.slice(at).trimEnd().includes("\n") ? module : module.slice(0, at);
}

/** A text literal: everything that the grammar gives a meaning to is written as a byte. */
function quote(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be escaped
  return `"${text.replace(/[\\"\u0000-\u001f\u007f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`)}"`;
}
