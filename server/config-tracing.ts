// Where spans go, how many, and what the process is called there: the standard variables of OpenTelemetry, read once.
import { z } from "zod";
import { variable } from "./config-variable";
import type { ConfigValues } from "./config-variables";

export type TracingConfig = {
  /** OTLP over HTTP. Null: there are no spans. */
  collector: { url: string; headers: Record<string, string> } | null;
  /** `ratio` bounds every trace; `heedsCaller`: one whose caller does not record it is left out. */
  sampler: { ratio: number; heedsCaller: boolean };
  /** Null: named after the program. */
  serviceName: string | null;
  /** What else the installation says of itself, in traces and metrics. */
  resource: Record<string, string>;
  /** As the variables hold them, where any are set: the headers may carry the collector's key. */
  credentials: { name: HeadersVariable; value: string }[];
};

type HeadersVariable = (typeof headersVariables)[number];

const headersVariables = ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"] as const;

const pairsMax = 32;

/** `name=value,name=value`, values percent-encoded where they need it (W3C Baggage, as the specification of OpenTelemetry has it). */
const KeyValues = z.string().transform((text, context) => {
  const pairs = text.split(",").filter((pair) => pair.trim() !== "");
  const read = pairs.map(readPair);
  if (pairs.length <= pairsMax && read.every((pair) => pair !== null)) return Object.fromEntries(read) as Record<string, string>;
  context.addIssue({ code: "custom", message: `must look like name=value,name=value, with at most ${pairsMax} of them` });
  return z.NEVER;
});

function readPair(pair: string): [string, string] | null {
  const [, name, value] = /^\s*([\w.-]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
  if (name === undefined || value === undefined) return null;
  try {
    return [name, decodeURIComponent(value)];
  } catch {
    return null;
  }
}

const TracesSampler = z.enum([
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
]);

const httpUrl = z.url({ protocol: /^https?$/ });

/** For metrics and traces alike. */
export const otelVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: variable(
    httpUrl.optional(),
    "An OpenTelemetry collector (OTLP over HTTP) that metrics and traces are sent to.",
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: variable(
    httpUrl.optional(),
    "Where traces are sent to instead, as the whole address, or where only they are sent.",
    { byDefault: "/v1/traces of OTEL_EXPORTER_OTLP_ENDPOINT" },
  ),
  OTEL_EXPORTER_OTLP_HEADERS: variable(KeyValues.optional(), "Headers for the collector, such as api-key=…, comma separated.", {
    secret: true,
  }),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: variable(KeyValues.optional(), "Further headers for traces.", { secret: true }),
  OTEL_TRACES_EXPORTER: variable(z.enum(["otlp", "none"]).default("otlp"), "`none` sends metrics only.", { byDefault: "otlp" }),
  OTEL_TRACES_SAMPLER: variable(TracesSampler.default("parentbased_always_on"), "Which traces are recorded.", {
    byDefault: "parentbased_always_on",
  }),
  OTEL_TRACES_SAMPLER_ARG: variable(z.coerce.number().min(0).max(1).default(1), "The share of traces, for `traceidratio`.", {
    byDefault: "1",
  }),
  OTEL_SERVICE_NAME: variable(z.string().trim().min(1).optional(), "What metrics and traces call the service.", {
    byDefault: "webhost-web or webhost-worker",
  }),
  OTEL_RESOURCE_ATTRIBUTES: variable(KeyValues.optional(), "What else they say of it: name=value, comma separated."),
} as const;

type TracingVariable = keyof typeof otelVariables | "OTEL_SDK_DISABLED";

export function tracingOf(values: Pick<ConfigValues, TracingVariable>): TracingConfig {
  const { "service.name": named, ...resource } = values.OTEL_RESOURCE_ATTRIBUTES ?? {};
  return {
    collector: collectorOf(values),
    sampler: {
      ratio: ratioOf(values.OTEL_TRACES_SAMPLER, values.OTEL_TRACES_SAMPLER_ARG),
      heedsCaller: values.OTEL_TRACES_SAMPLER.startsWith("parentbased_"),
    },
    serviceName: values.OTEL_SERVICE_NAME ?? named ?? null,
    resource,
    credentials: headersVariables.flatMap((name) => (values[name] ? [{ name, value: JSON.stringify(values[name]) }] : [])),
  };
}

function collectorOf(values: Pick<ConfigValues, TracingVariable>): TracingConfig["collector"] {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: root, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own } = values;
  const url = own ?? (root === undefined ? undefined : `${root.replace(/\/$/, "")}/v1/traces`);
  if (url === undefined || values.OTEL_SDK_DISABLED || values.OTEL_TRACES_EXPORTER === "none") return null;
  return { url, headers: { ...values.OTEL_EXPORTER_OTLP_HEADERS, ...values.OTEL_EXPORTER_OTLP_TRACES_HEADERS } };
}

function ratioOf(sampler: z.infer<typeof TracesSampler>, argument: number): number {
  if (sampler.endsWith("always_off")) return 0;
  return sampler.endsWith("traceidratio") ? argument : 1;
}
