// Turns spans on for one process and sends them to a collector of OpenTelemetry's, in groups and beside the work (MISSION G6).
import { isSpanContextValid, TraceFlags, trace } from "@opentelemetry/api";
import type { Sampler, SpanExporter } from "@opentelemetry/sdk-trace";
import type { Config } from "~/server/config";
import type { TracingConfig } from "~/server/config-tracing";
import type { Log } from "~/server/log";
import { resourceOf } from "./resource-of";
import { settledWithin } from "./settled-within";
import { traceWith } from "./spans";

export type Traces = {
  /** Sends what waits; not longer than a stop may take. */
  close(): Promise<void>;
};

/** Spans that may wait; more are dropped, so that a collector that is away costs neither memory nor time. */
const waitingMax = 4_096;
const groupMax = 512;
const sendEveryMs = 2_000;
const sendTimeoutMs = 5_000;
const closeTimeoutMs = 3_000;
/** A collector that is away is said so often, not for each group. */
const sayEveryMs = 5 * 60_000;

/** Null when no collector is configured: then nothing is loaded. */
export async function startTraces(
  config: Pick<Config, "tracing" | "environment">,
  { program, log }: { program: string; log: Log },
): Promise<Traces | null> {
  const { collector, sampler } = config.tracing;
  if (!collector) return null;
  const [{ BatchSpanProcessor, SamplingDecision, TracerProvider }, { OTLPTraceExporter }, resource] = await Promise.all([
    import("@opentelemetry/sdk-trace"),
    import("@opentelemetry/exporter-trace-otlp-http"),
    resourceOf(config, program),
  ]);
  const exporter = sayingFailures(new OTLPTraceExporter({ ...collector, timeoutMillis: sendTimeoutMs }), log);
  const processor = new BatchSpanProcessor({
    exporter,
    maxQueueSize: waitingMax,
    maxExportBatchSize: groupMax,
    scheduledDelayMillis: sendEveryMs,
    exportTimeoutMillis: sendTimeoutMs,
  });
  const { RECORD_AND_SAMPLED, NOT_RECORD } = SamplingDecision;
  const drawn = samplerOf(sampler, { yes: { decision: RECORD_AND_SAMPLED }, no: { decision: NOT_RECORD } });
  const provider = new TracerProvider({ resource, sampler: drawn, spanProcessors: [processor] });
  traceWith(provider.getTracer("webhost"));
  return {
    close: async () => {
      traceWith(null);
      await settledWithin(closeTimeoutMs, provider.shutdown());
    },
  };
}

type Verdict = ReturnType<Sampler["shouldSample"]>;

/**
 * A trace is recorded whole or not at all: what begins it is drawn, its parts follow. A stranger's `sampled` forces nothing, and neither
 * does a trace id that they chose: the draw is ours. That they do not record may spare us the trace.
 */
function samplerOf({ ratio, heedsCaller }: TracingConfig["sampler"], { yes, no }: { yes: Verdict; no: Verdict }): Sampler {
  return {
    shouldSample(context) {
      const parent = trace.getSpanContext(context);
      const hasParent = parent !== undefined && isSpanContextValid(parent);
      const isRecordedThere = hasParent && (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
      if (hasParent && !parent.isRemote) return isRecordedThere ? yes : no;
      if (hasParent && heedsCaller && !isRecordedThere) return no;
      return Math.random() < ratio ? yes : no;
    },
    toString: () => `webhost{${ratio}}`,
  };
}

/** Neither the address nor the headers of the collector are in the line, nor what it answered. */
function sayingFailures(exporter: SpanExporter, log: Log): SpanExporter {
  let saidAt = Number.NEGATIVE_INFINITY;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error && performance.now() - saidAt > sayEveryMs) {
          saidAt = performance.now();
          log.warn({ spans: spans.length }, "the collector of OTEL_EXPORTER_OTLP_ENDPOINT does not take spans; some are lost");
        }
        done(result);
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}
