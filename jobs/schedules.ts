// What rings by itself, and how often. Every worker sees to it that these exist, also after Redis was emptied.
import type { JobName } from "./catalog";

/** Sweeps read the rows to find their work, so they carry no payload. */
export type Schedule = { name: Extract<JobName, `${string}-sweep`>; everyMs: number };

export const schedules: readonly Schedule[] = [
  { name: "deployments-sweep", everyMs: 10_000 },
  { name: "incidents-sweep", everyMs: 30_000 },
  { name: "mails-sweep", everyMs: 10_000 },
  { name: "webhooks-sweep", everyMs: 10_000 },
  { name: "alerts-sweep", everyMs: 30_000 },
  { name: "letter-wishes-sweep", everyMs: 10_000 },
  { name: "key-leaks-sweep", everyMs: 60_000 },
  { name: "billing-sweep", everyMs: 30_000 },
  { name: "budgets-sweep", everyMs: 15_000 },
  { name: "audit-sweep", everyMs: 60_000 },
  { name: "rotations-sweep", everyMs: 60_000 },
  { name: "secret-refreshes-sweep", everyMs: 10_000 },
  { name: "runtimes-sweep", everyMs: 60_000 },
  { name: "placements-sweep", everyMs: 5 * 60_000 },
  { name: "secret-expiry-sweep", everyMs: 60 * 60_000 },
  { name: "accounts-sweep", everyMs: 60 * 60_000 },
  { name: "spend-sweep", everyMs: 60 * 60_000 },
  { name: "versions-sweep", everyMs: 10 * 60_000 },
  { name: "budget-recounts-sweep", everyMs: 60 * 60_000 },
  { name: "bundles-sweep", everyMs: 60 * 60_000 },
  { name: "idempotency-sweep", everyMs: 60_000 },
  { name: "printed-sweep", everyMs: 15_000 },
  { name: "logs-sweep", everyMs: 6 * 60 * 60_000 },
  { name: "conversations-sweep", everyMs: 10 * 60_000 },
  { name: "deployment-logs-sweep", everyMs: 6 * 60 * 60_000 },
  { name: "invocations-sweep", everyMs: 6 * 60 * 60_000 },
  { name: "drops-sweep", everyMs: 60 * 60_000 },
  { name: "usage-sweep", everyMs: 6 * 60 * 60_000 },
  { name: "telemetry-sweep", everyMs: 6 * 60 * 60_000 },
];
