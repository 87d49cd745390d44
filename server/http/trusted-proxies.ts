// Who asks, and how it came to us, where proxies that we trust stand in between: read exactly as Fastify reads it.
import type { IncomingMessage } from "node:http";
import proxyAddr from "@fastify/proxy-addr";
import type { Config } from "~/server/config";

export type Arrival = { ipAddress: string | null; isEncrypted: boolean };

/** A forwarded header counts only when the connection itself comes from a trusted proxy. */
export function openArrivals({ trustedProxy }: Pick<Config, "trustedProxy">): (request: IncomingMessage) => Arrival {
  if (trustedProxy.length === 0) {
    return ({ socket }) => ({ ipAddress: socket.remoteAddress ?? null, isEncrypted: "encrypted" in socket });
  }
  const isTrusted = proxyAddr.compile(trustedProxy);
  return (request) => {
    const { socket, headers } = request;
    const said = isTrusted(socket.remoteAddress ?? "", 0) ? headers["x-forwarded-proto"] : undefined;
    const isEncrypted = said === undefined ? "encrypted" in socket : lastOf(String(said)) === "https";
    return { ipAddress: proxyAddr(request, isTrusted), isEncrypted };
  };
}

function lastOf(list: string): string {
  return list.slice(list.lastIndexOf(",") + 1).trim();
}
