// What runs beside every agent is small: each start of a process reads it, and each process keeps it in memory.
import { expect, it } from "vitest";
import { loadHostWorkers } from "./load-host-workers";

it("our workers are a few kilobytes and bring no library along", async () => {
  for (const [name, text] of Object.entries(await loadHostWorkers())) expect(text.length, name).toBeLessThan(12_000);
});
