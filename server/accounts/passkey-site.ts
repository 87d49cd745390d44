// Where passkeys belong: the host and the origin that an answer must come from, told by PUBLIC_URL alone.
import type { Config } from "~/server/config";

export type PasskeySite = { rpID: string; rpName: string; origin: string };

const loopbackAddresses = new Set(["127.0.0.1", "[::1]"]);

/** Browsers know no passkeys for bare addresses: on this machine they belong to the name localhost. */
export function passkeySite({ publicUrl }: Pick<Config, "publicUrl">): PasskeySite {
  const url = new URL(publicUrl);
  if (loopbackAddresses.has(url.hostname)) url.hostname = "localhost";
  return { rpID: url.hostname, rpName: "webhost.systems", origin: url.origin };
}
