// Which addresses may be reached on behalf of others: public unicast ones. What leads back to us or to a cloud's inside is refused (MISSION I4).
import ipaddr from "ipaddr.js";

/** Public by its range, but answers only to machines of one cloud. */
const cloudInsides = new Set(["168.63.129.16"]);

/** All of IPv6 that is handed out so far (RFC 4291): outside lie old forms that carry an IPv4 address, such as `::7f00:1`. */
const handedOut = ipaddr.IPv6.parseCIDR("2000::/3");

/** Ranges that carry another address inside (IPv4-mapped, NAT64, 6to4, Teredo) are not `unicast`, so they are refused whole. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(handedOut)) return false;
  return parsed.range() === "unicast" && !cloudInsides.has(parsed.toString());
}

export function isLoopbackAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.parse(address).range() === "loopback";
}
