// The AgentCore adapter over its stand-in, with what the conformance suite wants to do to both.
import { randomBytes } from "node:crypto";
import { Writable } from "node:stream";
import type { LaunchGrant } from "~/runtime/contract/host-protocol";
import type { AgentCoreConfig } from "~/server/config-agentcore";
import { AppError } from "~/server/errors";
import { createLog } from "~/server/log";
import { type AgentCoreNeeds, createAgentCoreProvider } from "~/server/providers/agentcore/agentcore-provider";
import { codeKeyOf, endpointNameOf, runtimeNameOf } from "~/server/providers/agentcore/names";
import type { ProviderHarness, VendorResource } from "~/server/providers/conformance/harness.conformance";
import { HeldAnswers } from "~/server/providers/held-answers";
import type { PlacedDeployment, Provider } from "~/server/providers/provider";
import { type AgentCoreStandIn, startAgentCoreStandIn } from "./agentcore-stand-in/agentcore-stand-in";

export type AgentCoreRig = {
  standIn: AgentCoreStandIn;
  harness: ProviderHarness;
  /** Another adapter over the same stand-in, as another process of ours has one. */
  another(overrides?: Partial<AgentCoreNeeds>): Provider;
  keyOf(deploymentId: string): string;
  close(): Promise<void>;
};

/** Below what suits AWS, so that a fault that is waited out ends soon; well above what a busy machine takes. */
const pace = { pollMs: 5, readyMs: 20_000, recordMs: 50, answerMs: 10_000, startMs: 30_000, graceMs: 3_000 };
/** For faults that are a silence, which is waited out again and again. */
const briefPace = { ...pace, answerMs: 750 };
/** For fault runs, where patience is used up again and again. */
export const hastyPace = { pollMs: 2, readyMs: 700, recordMs: 5, answerMs: 150, startMs: 6_000, graceMs: 300 };
const environment = "test";

export async function startAgentCoreRig(overrides: Partial<AgentCoreNeeds> = {}): Promise<AgentCoreRig> {
  const standIn = await startAgentCoreStandIn();
  const grants = new Map<string, LaunchGrant>();
  const refused = new Set<string>();
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const grantOf = (deploymentId: string): LaunchGrant => {
    const grant = grants.get(deploymentId) ?? { env: {}, telemetryKey: randomBytes(32).toString("hex"), secretVersions: {} };
    grants.set(deploymentId, grant);
    return grant;
  };
  const needs: AgentCoreNeeds = {
    config: configOf(standIn),
    environment,
    publicUrl: new URL("http://127.0.0.1:9"),
    log: createLog({ program: "test", level: "debug", destination: sink }),
    pace,
    answers: new HeldAnswers(),
    async openGrant(deploymentId) {
      if (refused.has(deploymentId)) throw new AppError("CONFLICT", "Not now.");
      return grantOf(deploymentId);
    },
    ...overrides,
  };
  const another = (changes: Partial<AgentCoreNeeds> = {}) => createAgentCoreProvider({ ...needs, ...changes });
  const [patient, hasty] = [another(), another({ pace: overrides.pace ?? briefPace })];
  let isSilent = false;
  const broken = { accessKeyId: standIn.access.accessKeyId, secretAccessKey: "quite-another-secret-key-0815" };
  return {
    standIn,
    another,
    keyOf: (deploymentId) => grantOf(deploymentId).telemetryKey,
    close: () => standIn.close(),
    harness: {
      get provider() {
        return isSilent ? hasty : patient;
      },
      keepsValues: true,
      environment,
      configure: (deploymentId, env, secretVersions = {}) =>
        void grants.set(deploymentId, { ...grantOf(deploymentId), env, secretVersions }),
      refuse: (deploymentId) => void refused.add(deploymentId),
      resources: async () => resourcesOf(standIn),
      plantForeign: async (placed) => plantForeign(standIn, placed),
      withBrokenCredentials: () => ({
        provider: another({ config: { ...configOf(standIn), credentials: broken } }),
        credentials: [broken.secretAccessKey, broken.accessKeyId],
      }),
      failNext(fault, times) {
        isSilent = times > 0 && (fault === "timeout" || fault === "stalled");
        standIn.failNext(fault, times);
      },
      loseSessions: () => standIn.machines.stopAll(),
      logLines: () => lines,
    },
  };
}

function configOf({ access, bucket, roleArn, endpoint }: AgentCoreStandIn): AgentCoreConfig {
  const { region, accessKeyId, secretAccessKey } = access;
  return {
    region,
    bucket,
    roleArn,
    toolsRoleArn: `${roleArn}-with-tools`,
    endpoint,
    credentials: { accessKeyId, secretAccessKey },
  };
}

/** The vendor's own endpoint of each runtime is not ours to tag. */
function resourcesOf({ plane, store }: AgentCoreStandIn): VendorResource[] {
  const said = (name: string, tags: Record<string, string>) => ({
    name,
    tags: Object.entries(tags).map(([key, value]) => `${key}=${value}`),
  });
  const runtimes = [...plane.runtimes.values()].flatMap((runtime) => [
    said(runtime.arn, runtime.tags),
    ...[...runtime.endpoints.values()]
      .filter(({ name }) => name !== "DEFAULT")
      .map((endpoint) => said(`${runtime.arn}/${endpoint.name}`, endpoint.tags)),
  ]);
  return [...runtimes, ...[...store.objects].map(([key, { tags }]) => said(`s3:${key}`, tags))];
}

function plantForeign({ plane, store, bucket, roleArn }: AgentCoreStandIn, placed: PlacedDeployment): void {
  const key = codeKeyOf("elsewhere", placed);
  store.objects.set(key, { body: Buffer.from("PK"), etag: '"x"', tags: {}, metadata: {} });
  const code = { s3: { bucket, prefix: key } };
  const made = plane.act("CreateAgentRuntime", {
    agentRuntimeName: runtimeNameOf("elsewhere", placed.agentId),
    agentRuntimeArtifact: { codeConfiguration: { code, runtime: "NODE_22", entryPoint: ["main.js"] } },
    roleArn,
  }) as { agentRuntimeId: string };
  plane.act("CreateAgentRuntimeEndpoint", { agentRuntimeId: made.agentRuntimeId, name: endpointNameOf(placed) });
}
