// The jobs that API keys promise.
import { defineJob } from "~/server/queue/queue";

/** Writes to whoever is concerned by a key that was seen in public. */
export const tellKeyLeakJob = defineJob<"key-leak-tell", { keyId: string }>({
  name: "key-leak-tell",
  keyOf: ({ keyId }) => keyId,
  attempts: 5,
});

/** Rings again for leaks of which nobody was told. */
export const sweepKeyLeaksJob = defineJob<"key-leaks-sweep", Record<string, never>>({
  name: "key-leaks-sweep",
  keyOf: () => "all",
  attempts: 1,
});
