// What every mount of the web server is given: the services, the address it is known by, and the signal that it is about to stop.
import type { Gateway } from "~/server/invocations/gateway";
import type { Metrics } from "~/server/observability/start-metrics";
import type { Services } from "~/server/services";
import type { TelemetryIngest } from "~/server/telemetry/telemetry-ingest";

export type Door = {
  services: Services;
  telemetry: TelemetryIngest;
  gateway: Gateway;
  /** Absent: this process counts nothing. */
  metrics?: Metrics | null;
  /** Scheme, host and port that browsers use; from configuration, never from a request's Host header. */
  origin: string;
  /** Aborted when the process drains: subscriptions and live pages end on it. */
  closing: AbortSignal;
};
