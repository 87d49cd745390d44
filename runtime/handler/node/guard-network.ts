// `network.allow` on a runtime whose provider cannot hold a list of names: connections of this process go to the named hosts only.
import dgram from "node:dgram";
import net from "node:net";

type Target = { host?: string; port?: number | string; path?: string };

/**
 * A guard against mistakes and injected prompts, not against hostile code in the bundle, which shares the process with it. Names as in
 * the manifest; an address is never a name, so none is allowed. `ours` is where reports of calls go.
 */
export function guardNetwork(allow: readonly string[], ours: URL): void {
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
    const target = targetOf(args);
    const host = target.host ?? "localhost";
    if (target.path === undefined && !isAllowed(host, allow) && !isAt(ours, target)) {
      queueMicrotask(() => this.destroy(new Error(`${host} is not in network.allow of agent.config.json.`)));
      return this;
    }
    return Reflect.apply(connect, this, args);
  } as typeof connect;
  dgram.Socket.prototype.send = () => {
    throw new Error("network.allow of agent.config.json names hosts for TCP; datagrams are not among them.");
  };
}

export function isAllowed(host: string, allow: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  if (net.isIP(name) !== 0) return false;
  return allow.some((entry) => (entry.startsWith("*.") ? name.endsWith(entry.slice(1)) : name === entry));
}

function isAt(url: URL, { host, port }: Target): boolean {
  const usual = url.protocol === "https:" ? 443 : 80;
  return host === url.hostname && Number(port) === (url.port === "" ? usual : Number(url.port));
}

/** `connect(options)`, `connect(port, host?)`, `connect(path)`, or Node's own list of normalised arguments. */
function targetOf(args: readonly unknown[]): Target {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === "object" && first !== null) return first as Target;
  if (typeof first === "string" && Number.isNaN(Number(first))) return { path: first };
  return typeof second === "string" ? { host: second, port: first as number } : {};
}
