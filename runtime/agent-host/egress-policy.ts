// Whether an agent may make a request: scheme, allow-list of the manifest, and the address that the name leads to.
import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { isLoopbackAddress, isPublicAddress } from "~/runtime/addresses/public-address";
import type { EgressBudget } from "./egress-budget";

/** Said to the agent and written to its log. */
export class EgressRefused extends Error {}

export type EgressPolicy = {
  /** Absent: any public host. Empty: none. `*.` in front stands for one or more labels. */
  allow: readonly string[] | undefined;
  /** Tests only. */
  allowLoopback: boolean;
  resolve?: (host: string) => Promise<LookupAddress[]>;
};

/** The addresses that the connection may use, all of them checked. Throws {@link EgressRefused}. */
export async function assertEgressAllowed(
  policy: EgressPolicy,
  url: URL,
  { lookUp }: Pick<EgressBudget, "lookUp">,
): Promise<LookupAddress[]> {
  const host = url.hostname
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "")
    .toLowerCase();
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw new EgressRefused(`${url.protocol} is not possible; use https.`);
  if (!isListed(policy.allow, host)) {
    throw new EgressRefused(`${host} is not in network.allow of agent.config.json. Add it there and deploy again.`);
  }
  const addresses = await lookUp(() => resolveHost(policy, host));
  const refused = addresses.find(
    ({ address }) => !isPublicAddress(address) && !(policy.allowLoopback && isLoopbackAddress(address)),
  );
  // One bad address refuses the host: which of several is used is decided by whoever answers the name.
  if (refused !== undefined) throw new EgressRefused(`${host} leads to an address that is not public.`);
  const isLocal = addresses.every(({ address }) => isLoopbackAddress(address));
  if (url.protocol === "http:" && !isLocal) throw new EgressRefused(`Plain http to ${host} is not possible; use https.`);
  return addresses;
}

async function resolveHost(policy: EgressPolicy, host: string): Promise<LookupAddress[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  const addresses = await (policy.resolve ?? ((name: string) => lookup(name, { all: true })))(host).catch(() => []);
  if (addresses.length === 0) throw new EgressRefused(`${host} could not be resolved.`);
  return addresses;
}

function isListed(allow: readonly string[] | undefined, host: string): boolean {
  if (allow === undefined) return true;
  return allow.some((entry) => {
    const listed = entry.toLowerCase();
    return listed.startsWith("*.") ? host.endsWith(listed.slice(1)) && host.length > listed.length - 1 : host === listed;
  });
}
