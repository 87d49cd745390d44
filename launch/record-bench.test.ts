// Measurements kept in the document: each in the place of its last run, and nothing of the others is touched.
import { describe, expect, it } from "vitest";
import { recordBench } from "./record-bench";

const run = (name: string, output: string) => ({ name, about: `What ${name} costs.`, output, day: "2026-11-22" });
const output = `2 cores, Node 20.20.2, load 0.3
     nginx    17 CPU-µs
ok   requests per core of nginx's: 0.20× (goal ≥ 0.17×)
MISS 1 per request: 100 events/s, naive 50/s (2.00×) (goal: at least 3× naive)
ok   said plainly | with a bar
`;

describe("a recorded measurement", () => {
  it("stands under its name with command, day, machine and every verdict", () => {
    expect(recordBench("# Benchmarks\n\nWords.\n", run("gateway", output))).toBe(`# Benchmarks

Words.

## gateway
What gateway costs.

\`node launch/bootstrap.mjs bench gateway\` · 2026-11-22 · 2 cores, Node 20.20.2, load 0.3

| | measured | goal |
|---|---|---|
| ok | requests per core of nginx's: 0.20× | ≥ 0.17× |
| **miss** | 1 per request: 100 events/s, naive 50/s (2.00×) | at least 3× naive |
| ok | said plainly \\| with a bar |  |
`);
  });

  it("takes the place of the one before, in the order of names, and leaves the others as they are", () => {
    const first = recordBench(recordBench("# Benchmarks\n", run("vault", output)), run("gateway", output));
    const again = recordBench(first, run("vault", output.replace("MISS", "ok  ")));
    expect(again.match(/^## .*$/gm)).toEqual(["## gateway", "## vault"]);
    expect(again.split("## vault")[0]).toBe(first.split("## vault")[0]);
    expect(again).not.toBe(first);
  });
});
