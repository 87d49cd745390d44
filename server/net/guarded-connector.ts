// Opens connections to public addresses only. What is connected to is what was checked: each connection asks for the name once.
import { isIP, type LookupFunction } from "node:net";
import { buildConnector } from "undici";
import { isLoopbackAddress, isPublicAddress } from "~/runtime/addresses/public-address";
import { GuardedFetchError } from "./guarded-fetch-error";
import type { Network } from "./network";

const connectTimeoutMs = 10_000;

/** For undici's `Agent`. Fails with {@link GuardedFetchError} before a packet goes to an address that is not allowed. */
export function guardedConnector(network: Network): buildConnector.connector {
  const { certificateAuthority } = network;
  const connect = buildConnector({
    allowH2: false,
    timeout: connectTimeoutMs,
    lookup: guardedLookup(network),
    ...(certificateAuthority ? { ca: certificateAuthority } : {}),
  } as buildConnector.BuildOptions);
  return (options, callback) => {
    const literal = options.hostname.replace(/^\[(.*)\]$/, "$1");
    // Node looks up names only: an address that stands in the URL would pass by the lookup.
    if (isIP(literal) !== 0 && !isAllowed(network, literal)) callback(refusedAddress(literal), null);
    else connect(options, callback);
  };
}

function guardedLookup(network: Network): LookupFunction {
  return (host, options, done) => {
    void resolveChecked(network, host).then(
      (addresses) => {
        const [first] = addresses;
        if (options.all) done(null, addresses);
        else done(null, first?.address ?? "", first?.family);
      },
      (error) => done(error, []),
    );
  };
}

/** One bad address refuses the name: which of several is used would be decided by whoever answers it. */
async function resolveChecked(network: Network, host: string) {
  const addresses = await network.resolve(host).catch(() => []);
  if (addresses.length === 0) throw new GuardedFetchError("name_unknown", `${host} could not be resolved.`);
  if (!addresses.every(({ address }) => isAllowed(network, address))) throw refusedAddress(host);
  return addresses;
}

function isAllowed({ allowLoopback }: Network, address: string): boolean {
  return isPublicAddress(address) || (allowLoopback && isLoopbackAddress(address));
}

function refusedAddress(host: string): GuardedFetchError {
  return new GuardedFetchError("address_refused", `${host} leads to an address that is not public.`);
}
