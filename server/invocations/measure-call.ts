// How a call went, for the metrics: by runtime, way of answering and outcome.
import type { Runtime } from "~/db/tables/deployments";
import { instruments } from "~/server/observability/instruments";
import type { NewInvocation } from "./call-records.queries";

export function measureCall(runtime: Runtime, { mode, outcome, errorClass, computeMs }: NewInvocation): void {
  const labels = { runtime, mode, outcome, error_class: errorClass ?? "none" };
  instruments().invocationDuration.record(computeMs / 1_000, labels);
}
