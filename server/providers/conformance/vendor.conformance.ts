// What every provider promises when its vendor misbehaves: safe words, a true `retryable`, bounded patience, and a state that converges.
import { expect, it } from "vitest";
import { AppError } from "~/server/errors";
import type { Provider } from "~/server/providers/provider";
import { buildPlacement, invocationOf } from "~/server/testing/agent-host";
import { agents } from "./agents.conformance";
import {
  ask,
  never,
  type OpenHarness,
  type ProviderHarness,
  placeAgent,
  rejectionOf,
  type VendorFault,
} from "./harness.conformance";

const faults: readonly VendorFault[] = [400, 401, 403, 404, 409, 429, 500, 503, "timeout", "stalled", "reset", "garbage"];
const secret = "swordfish-under-the-ice-5521";
/** An adapter waits between its attempts; eleven faults, each met by every act. */
const slowMs = 300_000;

export function describeVendor(open: OpenHarness): void {
  it("credentials that the vendor refuses: down, not retryable, and no credential is said", ({ skip }) => {
    const harness = open();
    return harness.withBrokenCredentials ? expectRefused(harness, harness.withBrokenCredentials()) : skip("it needs none");
  });

  it("a call into a session that nobody knows begins it anew", async () => {
    const harness = open();
    const placement = await placeAgent(harness, agents.counter);
    expect(await ask(harness, placement, invocationOf("+"))).toBe("1");
    const call = invocationOf("+");
    expect(await ask(harness, placement, call)).toBe("1");
    expect(await ask(harness, placement, { ...call, traceId: invocationOf("").traceId })).toBe("2");
  });

  it("a session that the vendor forgot begins anew, or is a safe RUNTIME_ERROR", async ({ skip }) => {
    const harness = open();
    if (!harness.loseSessions) return skip("sessions are kept here");
    const placement = await placeAgent(harness, agents.counter);
    const call = invocationOf("+");
    await ask(harness, placement, call);
    await harness.loseSessions();
    const outcome = await ask(harness, placement, call).catch((error: unknown) => error);
    if (outcome instanceof Error) {
      expect(outcome).toMatchObject({ code: "RUNTIME_ERROR" });
      expect(outcome.message).not.toContain(call.sessionId);
    } else expect(["1", "2"]).toContain(outcome);
  });

  it.for(faults)(
    "%s in answer to one request: every act ends well or with safe words, and everything can be done afterwards",
    { timeout: slowMs },
    (fault, { skip }) => {
      const harness = open();
      return harness.failNext ? expectConvergence(harness, fault, harness.failNext) : skip("there is no vendor");
    },
  );

  it(
    "an outage: every act ends by itself with safe words that tell whether to try again, and it passes",
    async ({ skip }) => {
      const harness = open();
      if (!harness.failNext) return skip("there is no vendor");
      const placement = await placeAgent(harness, agents.echo);
      harness.failNext(503, 1_000);
      const error = await rejectionOf(harness.provider.invoke(placement, invocationOf("?"), { signal: never() }));
      expect(error).toMatchObject({ code: "RUNTIME_ERROR", retryable: true });
      expect((await harness.provider.health()).status).toBe("down");
      await expect(harness.provider.placements({ signal: never() }), "never a partial answer").rejects.toThrow();
      harness.failNext(503, 0);
      expect(await ask(harness, placement, invocationOf("again"))).toBe("again");
    },
    slowMs,
  );
}

type Stranger = { provider: Provider; credentials: readonly string[] };

async function expectRefused(harness: ProviderHarness, { provider, credentials }: Stranger): Promise<void> {
  const placement = await placeAgent(harness, agents.echo);
  const health = await provider.health();
  expect(health.status).toBe("down");
  const acts = [
    provider.deploy(await buildPlacement(harness.provider, agents.echo), { signal: never() }),
    provider.invoke(placement, invocationOf("?"), { signal: never() }),
    provider.placements({ signal: never() }),
    provider.destroy(placement),
  ];
  const errors = await Promise.all(acts.map(rejectionOf));
  for (const error of errors) {
    expect(["RUNTIME_ERROR", "DEPLOYMENT_FAILED"]).toContain(error.code);
    expect(error.retryable, error.message).toBe(false);
  }
  const said = JSON.stringify([health, errors.map(toSaid), harness.logLines?.() ?? []]);
  for (const credential of credentials) expect(said).not.toContain(credential);
  expect(await ask(harness, placement, invocationOf("still there"))).toBe("still there");
}

function toSaid({ message, details }: AppError): unknown {
  return { message, details };
}

/** Each act meets the fault afresh; what it was for is then done without it. */
async function expectConvergence(
  harness: ProviderHarness,
  fault: VendorFault,
  failNext: (fault: VendorFault, times: number) => void,
): Promise<void> {
  const placement = await buildPlacement(harness.provider, agents.echo);
  harness.configure(placement.deploymentId, { API_SECRET: secret }, { API_SECRET: 1 });
  const acts: [string, () => Promise<unknown>][] = [
    ["deploy", () => harness.provider.deploy(placement, { signal: never() })],
    ["activate", () => harness.provider.activate(placement, { signal: never() })],
    ["invoke", () => harness.provider.invoke(placement, invocationOf("?"), { signal: never() })],
    ["refreshSecrets", () => harness.provider.refreshSecrets(placement, { signal: never() })],
    ["placements", () => harness.provider.placements({ signal: never() })],
    ["destroy", () => harness.provider.destroy(placement)],
  ];
  const said: unknown[] = [];
  for (const [name, act] of acts) {
    failNext(fault, 1);
    const thrown = await act().then(
      () => null,
      (error: unknown) => error,
    );
    failNext(fault, 0);
    if (thrown !== null) {
      expect(thrown, `${name} after ${fault}`).toBeInstanceOf(AppError);
      said.push(toSaid(thrown as AppError));
      await act();
    }
  }
  const left = await harness.provider.placements({ signal: never() });
  expect(left.map(({ deploymentId }) => deploymentId)).not.toContain(placement.deploymentId);
  expect(JSON.stringify([said, harness.logLines?.() ?? []])).not.toContain(secret);
}
