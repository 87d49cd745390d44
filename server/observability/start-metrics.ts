// Turns counting on for one process: for Prometheus to read, and for an OpenTelemetry collector by the standard variables (MISSION G6).
import type { Meter } from "@opentelemetry/api";
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import type { Config } from "~/server/config";
import { measureWith } from "./instruments";
import { observeProcess } from "./observe-process";
import { resourceOf } from "./resource-of";
import { settledWithin } from "./settled-within";

export type Metrics = {
  /** Everything that this process counts, as Prometheus reads it. */
  render(): Promise<string>;
  /** For what is looked at when it is asked for: queues, pools. */
  meter: Meter;
  /** Sends what a collector has not got yet. */
  close(): Promise<void>;
};

const exportEveryMs = 60_000;
const exportTimeoutMs = 10_000;
/** A collector that hangs must not keep a stop waiting. */
const closeTimeoutMs = 3_000;
/** No label of ours comes near; what goes over is added up in one overflow series. */
const cardinalityLimit = 2_000;

/** Null when nobody asked for it: then nothing is loaded. */
export async function startMetrics(
  config: Pick<Config, "metrics" | "environment" | "tracing">,
  program: string,
): Promise<Metrics | null> {
  const { token, otlp } = config.metrics;
  if (!token && !otlp) return null;
  const [{ MeterProvider, PeriodicExportingMetricReader }, resource, prometheus] = await Promise.all([
    import("@opentelemetry/sdk-metrics"),
    resourceOf(config, program),
    import("@opentelemetry/exporter-prometheus"),
  ]);
  const scraped = new prometheus.PrometheusExporter({ preventServerStart: true });
  const readers: IMetricReader[] = [scraped];
  if (otlp) {
    const { OTLPMetricExporter } = await import("@opentelemetry/exporter-metrics-otlp-http");
    // It reads OTEL_EXPORTER_OTLP_ENDPOINT and its kin by itself, as the specification words them.
    const times = { exportIntervalMillis: exportEveryMs, exportTimeoutMillis: exportTimeoutMs };
    readers.push(new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter(), ...times }));
  }
  const provider = new MeterProvider({
    resource,
    readers,
    views: [{ instrumentName: "*", aggregationCardinalityLimit: cardinalityLimit }],
  });
  const meter = provider.getMeter("webhost");
  measureWith(meter);
  const stopObserving = observeProcess(meter);
  const serializer = new prometheus.PrometheusSerializer("", false, undefined, true, true);
  return {
    meter,
    render: async () => serializer.serialize((await scraped.collect()).resourceMetrics),
    close: async () => {
      stopObserving();
      measureWith(null);
      await settledWithin(closeTimeoutMs, provider.shutdown());
    },
  };
}
