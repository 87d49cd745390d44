// Whom an address stands for when tries are counted: an IPv4 address is one caller, and so is a whole /64 of IPv6.
import { isIPv4 } from "node:net";
import ipaddr from "ipaddr.js";

/** One subscriber is given at least so much (RFC 6177, RIPE-690), and could come from another address with each try. */
const prefixBits = 64;

/** One subject for all who come without an address, or with none that can be read. */
export function subjectOfAddress(ipAddress: string | null | undefined): string {
  // As most addresses come, and before anything else of their requests is looked at: not taken apart.
  if (ipAddress && isIPv4(ipAddress)) return ipAddress;
  if (!ipAddress || !ipaddr.isValid(ipAddress)) return "unknown";
  const address = ipaddr.process(ipAddress);
  if (address.kind() === "ipv4") return address.toString();
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${address.toNormalizedString()}/${prefixBits}`);
  return `${network.toString()}/${prefixBits}`;
}
