// What is counted and timed, by names that hold for Prometheus and OpenTelemetry alike; no label ever names a tenant, a person or an id.
import { createNoopMeter, type Meter } from "@opentelemetry/api";

const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const sizeBuckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

export type Instruments = ReturnType<typeof createInstruments>;

/** Counts nothing until a process asks for it: then a call costs one empty function. */
let current = createInstruments(createNoopMeter());

/** Ask at each use: what is handed out before `measureWith` counts nothing. */
export function instruments(): Instruments {
  return current;
}

/** From now on everything is counted by this meter; null: by none. */
export function measureWith(meter: Meter | null): void {
  current = createInstruments(meter ?? createNoopMeter());
}

/** Labels, all of them closed words: `route` is a template, `job` and `stage` are names in the code. */
function createInstruments(meter: Meter) {
  const seconds = (name: string, description: string) =>
    meter.createHistogram(name, { description, unit: "s", advice: { explicitBucketBoundaries: secondsBuckets } });
  return {
    /** `method`, `route`, `status`. */
    httpDuration: seconds("whs.http.request.duration.seconds", "Time from a request's head to the end of its answer."),
    /** `route`: streams that are open are requests of their route in flight. */
    httpInFlight: meter.createUpDownCounter("whs.http.requests.in_flight", { description: "Requests that are being answered." }),
    /** `runtime`, `mode`, `outcome`, `error_class`. */
    invocationDuration: seconds(
      "whs.invocation.duration.seconds",
      "Time that runtimes took for calls of agents, as the gateway measured it.",
    ),
    /** `outcome`: accepted, duplicate, or the reason of a refusal. */
    telemetryEvents: meter.createCounter("whs.telemetry.events", { description: "Reports of runtimes." }),
    /** `writer`. */
    groupCommitSize: meter.createHistogram("whs.group_commit.size", {
      description: "Items that one transaction wrote.",
      advice: { explicitBucketBoundaries: sizeBuckets },
    }),
    /** `job`, `outcome`. */
    jobDuration: seconds("whs.job.duration.seconds", "Time that jobs took."),
    /** `status`: where a deployment went. */
    deployments: meter.createCounter("whs.deployments", { description: "Deployments that came to a status." }),
    /** `stage`, `outcome`. */
    stageDuration: seconds("whs.deployment.stage.duration.seconds", "Time that stages of deployments took."),
    /** `outcome`. */
    webhookDeliveries: meter.createCounter("whs.webhook.deliveries", { description: "Tries to deliver webhooks." }),
  };
}
