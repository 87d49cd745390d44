// The adapter with everything around it that the conformance suite asks for: grants, a log that is kept, and the stand-in or a real account.
import { randomBytes } from "node:crypto";
import { Writable } from "node:stream";
import type { LaunchGrant } from "~/runtime/contract/host-protocol";
import { AppError } from "~/server/errors";
import { createLog } from "~/server/log";
import type { CloudflareNeeds } from "~/server/providers/cloudflare/cloudflare-needs";
import { createCloudflareProvider } from "~/server/providers/cloudflare/cloudflare-provider";
import { scriptNameOf, tagsOf } from "~/server/providers/cloudflare/script-name";
import type { ProviderHarness } from "~/server/providers/conformance/harness.conformance";
import type { PlacedDeployment, Provider } from "~/server/providers/provider";
import { type CloudflareStandIn, type StandInOptions, startCloudflareStandIn } from "./start-cloudflare-stand-in";

export type CloudflareRig = {
  standIn: CloudflareStandIn;
  provider: Provider;
  needs: CloudflareNeeds;
  logLines: string[];
  /** What deployments are granted; without an entry, nothing but a telemetry key. */
  grants: Map<string, Pick<LaunchGrant, "env" | "secretVersions"> & Partial<LaunchGrant>>;
  refused: Set<string>;
  harness(): ProviderHarness;
  close(): Promise<void>;
};

const environment = "test";
/** A machine under load is slow, a stand-in is not: what is waited for is short. */
const patience = {
  requestMs: 1_500,
  pausesMs: [5, 10, 20],
  retryAfterMsMax: 50,
  readyMs: 15_000,
  readyPauseMs: 10,
  answerMs: 1_500,
};

export async function openCloudflareRig(options: StandInOptions = {}): Promise<CloudflareRig> {
  const standIn = await startCloudflareStandIn(options);
  const logLines: string[] = [];
  const grants: CloudflareRig["grants"] = new Map();
  const refused = new Set<string>();
  const needs: CloudflareNeeds = {
    config: standIn.config,
    environment,
    publicUrl: new URL("http://127.0.0.1:9"),
    rootKeys: [randomBytes(32)],
    log: createLog({ program: "test", level: "debug", destination: keepLines(logLines) }),
    patience,
    async openGrant(deploymentId) {
      if (refused.has(deploymentId)) throw new AppError("CONFLICT", "Not now.");
      const granted = grants.get(deploymentId) ?? { env: {}, secretVersions: {} };
      return { telemetryKey: "ab".repeat(32), ...granted };
    },
  };
  const rig: CloudflareRig = {
    standIn,
    needs,
    logLines,
    grants,
    refused,
    provider: createCloudflareProvider(needs),
    harness: () => harnessOf(rig),
    close: () => standIn.stop(),
  };
  return rig;
}

function harnessOf({ standIn, provider, needs, grants, refused, logLines }: CloudflareRig): ProviderHarness {
  const { shelf } = standIn.account;
  return {
    provider,
    keepsValues: true,
    knowsVersions: true,
    environment,
    configure: (deploymentId, env, secretVersions = {}) => void grants.set(deploymentId, { env, secretVersions }),
    refuse: (deploymentId) => void refused.add(deploymentId),
    resources: async () => shelf.list().map(({ name, tags }) => ({ name, tags })),
    plantForeign: (placed) => plantForeign(standIn, placed),
    withBrokenCredentials() {
      const config = { ...needs.config, apiToken: randomBytes(20).toString("hex") };
      return { provider: createCloudflareProvider({ ...needs, config }), credentials: [config.apiToken] };
    },
    failNext: standIn.failNext,
    logLines: () => logLines,
  };
}

async function plantForeign({ account, config }: CloudflareStandIn, placed: PlacedDeployment): Promise<void> {
  const name = scriptNameOf("elsewhere", placed);
  const form = new FormData();
  const metadata = { main_module: "w.js", compatibility_date: "2026-11-01", tags: tagsOf("elsewhere", placed) };
  form.append("metadata", new Blob([JSON.stringify(metadata)], { type: "application/json" }));
  form.append("w.js", new File(["export default {};"], "w.js", { type: "application/javascript+module" }));
  const url = `${config.api.href}/accounts/${account.id}/workers/scripts/${name}`;
  const answer = await fetch(url, { method: "PUT", headers: { authorization: `Bearer ${account.token}` }, body: form });
  if (!answer.ok) throw new Error(`The stand-in refused: ${await answer.text()}`);
}

function keepLines(lines: string[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
}
