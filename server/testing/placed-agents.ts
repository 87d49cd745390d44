// Agents placed on one test host: placing, asking, how they fail, and a neighbour that must not notice.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { HostInvocation, Placement } from "~/runtime/contract/host-protocol";
import { AppError } from "~/server/errors";
import { buildPlacement, invocationOf, type TestAgentHost } from "./agent-host";

export type PlacedAgents = {
  place(source: string, overrides?: Partial<Placement>): Promise<Placement>;
  ask(placement: Placement, prompt?: string, overrides?: Partial<HostInvocation>): Promise<string>;
  /** What the agent answers, as JSON. */
  askJson<T = Record<string, string>>(placement: Placement, prompt?: string): Promise<T>;
  /** How it fails; an answer is an error of the test. */
  failureOf(placement: Placement, prompt?: string, overrides?: Partial<HostInvocation>): Promise<AppError>;
  /** Asks an agent of somebody else again and again while `act` runs: every answer is right. Resolves with what `act` made of it. */
  besideNeighbour<T>(act: () => Promise<T>): Promise<T>;
  hostLines(placement: Placement): Promise<string[]>;
  /** Processes that this host has started. */
  pids(): number[];
};

const never = () => new AbortController().signal;
const neighbourAnswersMin = 5;

export function openPlacedAgents(host: TestAgentHost): PlacedAgents {
  let neighbour: Promise<Placement> | undefined;
  let asked = 0;

  async function place(source: string, overrides: Partial<Placement> = {}): Promise<Placement> {
    const placement = await buildPlacement(host.provider, source, overrides);
    await host.provider.deploy(placement, { signal: never() });
    return placement;
  }

  async function ask(placement: Placement, prompt = "?", overrides: Partial<HostInvocation> = {}): Promise<string> {
    return (await host.provider.invoke(placement, invocationOf(prompt, overrides), { signal: never() })).output.text;
  }

  async function askNeighbour(): Promise<void> {
    asked += 1;
    neighbour ??= place("export default (r) => 'fine ' + r.input.messages[0].content;");
    const prompt = String(asked);
    expect(await ask(await neighbour, prompt)).toBe(`fine ${prompt}`);
  }

  return {
    place,
    ask,
    askJson: async (placement, prompt) => JSON.parse(await ask(placement, prompt)),
    async failureOf(placement, prompt, overrides) {
      const thrown = await ask(placement, prompt, overrides).then(
        (text) => new Error(`It answered ${text.slice(0, 200)}`),
        (error: unknown) => error,
      );
      if (!(thrown instanceof AppError)) throw thrown;
      return thrown;
    },
    async besideNeighbour(act) {
      await askNeighbour();
      let isOver = false;
      const acting = act().finally(() => {
        isOver = true;
      });
      const asking = (async () => {
        for (let count = 0; !isOver || count < neighbourAnswersMin; count += 1) await askNeighbour();
      })();
      const [result] = await Promise.all([acting, asking]);
      return result;
    },
    async hostLines(placement) {
      const lines = await host.provider.logs(placement, { limit: 1_000 });
      return lines.filter(({ stream }) => stream === "host").map(({ line }) => line);
    },
    pids() {
      const run = join(host.directory, "agent-host/run");
      const notes = readdirSync(run).filter((file) => file.endsWith(".process.json"));
      return notes.map((file) => (JSON.parse(readFileSync(join(run, file), "utf8")) as { pid: number }).pid);
    },
  };
}
