// How the process itself is doing: its event loop, memory and processor time, looked at when they are asked for.
import { monitorEventLoopDelay } from "node:perf_hooks";
import process from "node:process";
import type { Meter } from "@opentelemetry/api";

const resolutionMs = 10;
const nanosecondsPerSecond = 1e9;
const microsecondsPerSecond = 1e6;

/** Answers how to stop. The delay of the event loop is of the time since it was asked for last. */
export function observeProcess(meter: Meter): () => void {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  const lag = meter.createObservableGauge("whs.event_loop.lag.seconds", {
    description: "How late the event loop came.",
    unit: "s",
  });
  lag.addCallback((result) => {
    for (const [quantile, percent] of [
      ["0.5", 50],
      ["0.99", 99],
    ] as const) {
      const late = delays.percentile(percent) / nanosecondsPerSecond - resolutionMs / 1_000;
      result.observe(Number.isFinite(late) ? Math.max(0, late) : 0, { quantile });
    }
    delays.reset();
  });
  const memory = meter.createObservableGauge("whs.process.memory.bytes", { description: "Memory of the process.", unit: "By" });
  memory.addCallback((result) => {
    const { rss, heapUsed, external } = process.memoryUsage();
    result.observe(rss, { kind: "resident" });
    result.observe(heapUsed, { kind: "heap" });
    result.observe(external, { kind: "external" });
  });
  const processor = meter.createObservableCounter("whs.process.cpu.seconds", { description: "Processor time used.", unit: "s" });
  processor.addCallback((result) => {
    const { user, system } = process.cpuUsage();
    result.observe(user / microsecondsPerSecond, { mode: "user" });
    result.observe(system / microsecondsPerSecond, { mode: "system" });
  });
  const uptime = meter.createObservableGauge("whs.process.uptime.seconds", {
    description: "Since the process began.",
    unit: "s",
  });
  uptime.addCallback((result) => result.observe(process.uptime()));
  return () => delays.disable();
}
