// The headers that make a browser careful with what we answer (MISSION J5).
import type { ServerResponse } from "node:http";
import type { Config } from "~/server/config";

const twoYearsSeconds = 63_072_000;

const everywhere: ReadonlyArray<readonly [string, string]> = [
  ["x-content-type-options", "nosniff"],
  ["x-frame-options", "DENY"],
  ["referrer-policy", "strict-origin-when-cross-origin"],
  [
    "permissions-policy",
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=(), browsing-topics=()",
  ],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
  ["x-permitted-cross-domain-policies", "none"],
];

/** What a machine's answer may do in a browser: nothing. */
const inertPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const ofMachines = [...everywhere, ["content-security-policy", inertPolicy], ["cache-control", "no-store"]] as const;
const inProduction = [...ofMachines, ["strict-transport-security", `max-age=${twoYearsSeconds}; includeSubDomains`]] as const;
const flat = { ofMachines: ofMachines.flat(), inProduction: inProduction.flat() };

type Facts = { traceId: string; isProduction: boolean };

/**
 * Sets the headers of every answer, on the raw response, so that they also reach streams and hijacked answers. Pages replace
 * the content policy by {@link pagePolicy}, files of the build replace the caching.
 */
export function setSecurityHeaders(response: ServerResponse, { traceId, isProduction }: Facts): void {
  response.setHeader("x-trace-id", traceId);
  for (const [name, value] of isProduction ? inProduction : ofMachines) response.setHeader(name, value);
}

/** The same for who says all headers at once: names and values in turn, as `writeHead` takes them. */
export function securityHead({ traceId, isProduction }: Facts): string[] {
  return ["x-trace-id", traceId, ...(isProduction ? flat.inProduction : flat.ofMachines)];
}

/** The content policy of a page: only our own files and the scripts and styles that carry this page's nonce. */
export function pagePolicy(nonce: string, options: Pick<Config, "isProduction" | "signIn">): string {
  const rules = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "object-src 'none'",
    "frame-src 'none'",
    "base-uri 'none'",
    ["form-action 'self'", ...providerOrigins(options.signIn)].join(" "),
    "frame-ancestors 'none'",
  ];
  if (options.isProduction) rules.push("upgrade-insecure-requests");
  return rules.join("; ");
}

/** The form that connects a provider leads on to it, and a browser holds forms to this list even then. */
function providerOrigins({ google, github, oidc }: Config["signIn"]): string[] {
  const places = [google?.issuer, github?.web, oidc?.issuer];
  return places.flatMap((place) => (place ? [place.origin] : []));
}
