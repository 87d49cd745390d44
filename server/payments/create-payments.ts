// Opens the one client of Stripe that a process has, or none when billing is not configured (MISSION H1, F7).
import Stripe from "stripe";
import type { BillingConfig } from "~/server/config-billing";
import type { Log } from "~/server/log";
import type { Payments } from "./payments";
import { StripePayments } from "./stripe-payments";

/** Pinned: an upgrade of the package, or of the account's default, changes nothing until somebody has read the changes. */
const apiVersion = "2026-10-28.endive";
const timeoutMs = 10_000;
const retriesMax = 2;

export function createPayments(needs: {
  config: { billing: BillingConfig | null; isProduction: boolean };
  log: Log;
}): Payments | null {
  const { billing, isProduction } = needs.config;
  if (!billing) return null;
  if (isProduction && isTestKey(billing.secretKey)) {
    needs.log.warn("Stripe's key is a test key: nobody is charged. Set STRIPE_SECRET_KEY to a live key.");
  }
  const { apiUrl } = billing;
  const client = new Stripe(billing.secretKey, {
    apiVersion,
    timeout: timeoutMs,
    maxNetworkRetries: retriesMax,
    telemetry: false,
    appInfo: { name: "webhost.systems" },
    ...(apiUrl ? { protocol: apiUrl.protocol === "http:" ? "http" : "https", host: apiUrl.hostname, port: portOf(apiUrl) } : {}),
  });
  return new StripePayments({ client, billing, isLive: !isTestKey(billing.secretKey) });
}

function isTestKey(secretKey: string): boolean {
  return /^[rs]k_test_/.test(secretKey);
}

function portOf(url: URL): number {
  return Number(url.port || (url.protocol === "http:" ? 80 : 443));
}
