// What an adapter brings to the conformance suite, and how the suite's tests place an agent and read a refusal.
import type { Placement } from "~/runtime/contract/host-protocol";
import { AppError } from "~/server/errors";
import type { PlacedDeployment, Provider } from "~/server/providers/provider";
import { collectEvents } from "~/server/providers/read-events";
import { buildPlacement, invocationOf } from "~/server/testing/agent-host";

/** What the vendor's next answers are: a status, silence until the adapter gives up, an answer that stops halfway, a cut connection, or a 200 that is no JSON. */
export type VendorFault = 400 | 401 | 403 | 404 | 409 | 429 | 500 | 503 | "timeout" | "stalled" | "reset" | "garbage";

/** One thing that exists at the vendor, its tags as `environment=…`, `workspace=…`, `agent=…`, `deployment=…`. */
export type VendorResource = { name: string; tags: readonly string[] };

export type ProviderHarness = {
  /** Asked for anew for each act: it may be a more hasty one while the vendor is silent. */
  readonly provider: Provider;
  /** Configured keys that this deployment gets from now on (at its next start, or as it is placed), and the version of each. */
  configure(deploymentId: string, env: Record<string, string>, secretVersions?: Record<string, number>): void;
  /** From now on this deployment's secrets are not handed out. */
  refuse(deploymentId: string): void;
  /** The runtime is given the values as a version is placed, and keeps them until it is destroyed or refreshed. */
  keepsValues?: true;
  /** It also says which version of each value it holds. */
  knowsVersions?: true;
  /** How long what an agent printed may be on its way to where `logs` reads it; 15 seconds unless said. */
  logsLateMs?: number;
  /** The name that this installation's environment has at the vendor; what carries another is not ours. */
  environment?: string;
  /** Everything of every environment that exists at the vendor now. */
  resources?(): Promise<VendorResource[]>;
  /** Puts a version of another environment there. */
  plantForeign?(placed: PlacedDeployment): Promise<void>;
  /** The same adapter with credentials that the vendor refuses, and what of them no message may say. */
  withBrokenCredentials?(): { provider: Provider; credentials: readonly string[] };
  /** The vendor's next `times` answers are this fault; what is left of it is taken back when a test ends. */
  failNext?(fault: VendorFault, times: number): void;
  /** The vendor forgets every session, as it may after a while. */
  loseSessions?(): Promise<void>;
  /** What the adapter wrote to its log so far. */
  logLines?(): readonly string[];
};

export type OpenHarness = () => ProviderHarness;

export type PlaceOptions = {
  overrides?: Partial<Placement>;
  env?: Record<string, string>;
  secretVersions?: Record<string, number>;
};

export const never = () => new AbortController().signal;

/** Configured before it is placed: some runtimes are handed the values then. */
export async function placeAgent(harness: ProviderHarness, source: string, options: PlaceOptions = {}): Promise<Placement> {
  const placement = await buildPlacement(harness.provider, source, options.overrides);
  if (options.env) harness.configure(placement.deploymentId, options.env, options.secretVersions);
  await harness.provider.deploy(placement, { signal: never() });
  return placement;
}

/** The text of a whole answer. */
export async function ask(harness: ProviderHarness, placed: PlacedDeployment, call = invocationOf("?")): Promise<string> {
  return (await harness.provider.invoke(placed, call, { signal: never() })).output.text;
}

export async function eventsOf(harness: ProviderHarness, placed: PlacedDeployment, call = invocationOf("?")) {
  return collectEvents(await harness.provider.stream(placed, call, { signal: never() }));
}

export async function rejectionOf(work: Promise<unknown>): Promise<AppError> {
  const thrown = await work.then(
    () => new Error("It resolved."),
    (error: unknown) => error,
  );
  if (!(thrown instanceof AppError)) throw thrown;
  return thrown;
}

export function identityOf({ deploymentId, agentId, workspaceId }: PlacedDeployment): PlacedDeployment {
  return { deploymentId, agentId, workspaceId };
}
