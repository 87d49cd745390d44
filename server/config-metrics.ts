// How the product is watched: a token for Prometheus, a port of the worker's, a collector of OpenTelemetry's, a place for errors.
import { z } from "zod";
import type { ConfigValues } from "./config-variables";

/** Where errors that nobody foresaw are sent; null: nowhere. */
export type ErrorReportsConfig = { dsn: string | null; release: string | null };

export type MetricsConfig = {
  /** Null: nothing is shown to Prometheus. */
  token: string | null;
  /** Where the worker shows its own; null: nowhere. */
  workerPort: number | null;
  /** A collector is configured. Its exporter reads the standard variables itself. */
  otlp: boolean;
};

const tokenCharactersMin = 24;

export const MetricsToken = z
  .string()
  .regex(/^[\x21-\x7e]+$/, "must be of visible characters without spaces")
  .min(tokenCharactersMin, `must have at least ${tokenCharactersMin} characters`)
  .max(200);

export function metricsOf(values: Pick<ConfigValues, MetricsVariable>): MetricsConfig {
  return {
    token: values.METRICS_TOKEN ?? null,
    workerPort: values.WORKER_METRICS_PORT ?? null,
    otlp: values.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined && !values.OTEL_SDK_DISABLED,
  };
}

type MetricsVariable = "METRICS_TOKEN" | "WORKER_METRICS_PORT" | "OTEL_EXPORTER_OTLP_ENDPOINT" | "OTEL_SDK_DISABLED";

export function errorReportsOf(values: Pick<ConfigValues, "SENTRY_DSN" | "SENTRY_RELEASE">): ErrorReportsConfig {
  return { dsn: values.SENTRY_DSN ?? null, release: values.SENTRY_RELEASE ?? null };
}
