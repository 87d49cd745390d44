// What agents have said and nobody was sent yet: answers that are not whole, lines that have not ended. All of a host's together stay within a bound.
import { HostError } from "./host-error";

/** Of one call. A lifetime: until `release`. */
export type HeldAnswer = {
  /** So much of it is held by now. */
  hold(part: "text" | "line", bytes: number): void;
  release(): void;
};

type Held = { text: number; line: number; giveUp: (error: HostError) => void };

const byDefaultBytesMax = 512 * 1024 * 1024;

/** A lifetime: one per host. */
export class HeldAnswers {
  readonly #bytesMax: number;
  readonly #byDeployment = new Map<string, Set<Held>>();
  #bytes = 0;

  constructor(bytesMax = byDefaultBytesMax) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** `giveUp` is called once, when the call holds most of whoever holds most: a neighbour that holds little loses nothing. */
  open(deploymentId: string, giveUp: (error: HostError) => void): HeldAnswer {
    const held: Held = { text: 0, line: 0, giveUp };
    const calls = this.#byDeployment.get(deploymentId) ?? new Set();
    this.#byDeployment.set(deploymentId, calls.add(held));
    return {
      hold: (part, bytes) => {
        if (!calls.has(held)) return;
        this.#bytes += bytes - held[part];
        held[part] = bytes;
        while (this.#bytes > this.#bytesMax) this.#makeRoom();
      },
      release: () => this.#release(deploymentId, held),
    };
  }

  #makeRoom(): void {
    const [heaviest] = [...this.#byDeployment].sort(([, one], [, other]) => sumOf(other) - sumOf(one));
    if (!heaviest) return;
    const [deploymentId, calls] = heaviest;
    const most = [...calls].reduce((one, other) => (bytesOf(other) > bytesOf(one) ? other : one));
    this.#release(deploymentId, most);
    most.giveUp(hostFull());
  }

  #release(deploymentId: string, held: Held): void {
    const calls = this.#byDeployment.get(deploymentId);
    if (!calls?.delete(held)) return;
    this.#bytes -= bytesOf(held);
    if (calls.size === 0) this.#byDeployment.delete(deploymentId);
  }
}

function bytesOf({ text, line }: Held): number {
  return text + line;
}

function sumOf(calls: ReadonlySet<Held>): number {
  return [...calls].reduce((sum, held) => sum + bytesOf(held), 0);
}

function hostFull(): HostError {
  const message =
    "Answers that are not whole yet take more memory than their host has for them, and this agent's most of it. Stream them, or call it less at once.";
  return new HostError("RUNTIME_ERROR", message, { retryable: true, details: { reason: "host_full" } });
}
