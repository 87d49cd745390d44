// Measures the disk of one agent's sessions for its session store, however often that asks: one measurement at a time, with pauses by what it cost.
import { setTimeout as sleep } from "node:timers/promises";
import { measureState, type StateUsage } from "./state-usage";

/** A measurement that took long is not repeated before ten times as long. */
const pauseFactor = 10;
const pauseMsMax = 2_000;

export function createStateGauge(path: string, maxBytes: number): () => Promise<StateUsage> {
  let running: Promise<StateUsage> | null = null;
  let notBefore = 0;

  async function measure(): Promise<StateUsage> {
    await sleep(Math.max(0, notBefore - performance.now()));
    const began = performance.now();
    const usedBytes = await measureState(path, maxBytes);
    const ended = performance.now();
    notBefore = ended + Math.min(pauseMsMax, (ended - began) * pauseFactor);
    return { usedBytes, maxBytes };
  }

  return () => {
    running ??= measure().finally(() => {
      running = null;
    });
    return running;
  };
}
