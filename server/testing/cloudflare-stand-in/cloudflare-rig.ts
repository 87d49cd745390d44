// The adapter with everything around it that the conformance suite asks for: grants, a log that is kept, and the stand-in or a real account.
import { randomBytes } from "node:crypto";
import { Writable } from "node:stream";
import type { LaunchGrant } from "~/runtime/contract/host-protocol";
import { type CloudflareConfig, cloudflarePlaces } from "~/server/config-cloudflare";
import { AppError } from "~/server/errors";
import { createLog } from "~/server/log";
import type { CloudflareNeeds } from "~/server/providers/cloudflare/cloudflare-needs";
import { createCloudflareProvider } from "~/server/providers/cloudflare/cloudflare-provider";
import { scriptNameOf, tagsOf } from "~/server/providers/cloudflare/script-name";
import type { ProviderHarness } from "~/server/providers/conformance/harness.conformance";
import { HeldAnswers } from "~/server/providers/held-answers";
import type { PlacedDeployment, Provider } from "~/server/providers/provider";
import { type CloudflareStandIn, type StandInOptions, startCloudflareStandIn } from "./start-cloudflare-stand-in";

export type CloudflareRig = {
  standIn: CloudflareStandIn;
  readonly provider: Provider;
  needs: CloudflareNeeds;
  logLines: string[];
  /** What deployments are granted; without an entry, nothing but a telemetry key. */
  grants: Map<string, Pick<LaunchGrant, "env" | "secretVersions"> & Partial<LaunchGrant>>;
  refused: Set<string>;
  harness(): ProviderHarness;
  close(): Promise<void>;
};

const environment = "test";
/** A machine under load is slow, a stand-in is not: pauses are short, answers are waited for. */
const patience = {
  requestMs: 10_000,
  pausesMs: [5, 10, 20],
  retryAfterMsMax: 50,
  readyMs: 15_000,
  readyPauseMs: 10,
  answerMs: 10_000,
};
/** For faults that are a silence, which is waited out again and again. An upload that is given up and lands later would be one too many. */
const brief = { ...patience, requestMs: 1_500, answerMs: 750 };

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
    answers: new HeldAnswers(),
    async openGrant(deploymentId) {
      if (refused.has(deploymentId)) throw new AppError("CONFLICT", "Not now.");
      const granted = grants.get(deploymentId) ?? { env: {}, secretVersions: {} };
      return { telemetryKey: "ab".repeat(32), ...granted };
    },
  };
  const patient = createCloudflareProvider(needs);
  const hasty = createCloudflareProvider({ ...needs, config: { ...standIn.config }, patience: brief });
  let isSilent = false;
  const { failNext } = standIn;
  standIn.failNext = (fault, times, only) => {
    isSilent = times > 0 && (fault === "timeout" || fault === "stalled");
    failNext(fault, times, only);
  };
  const rig: CloudflareRig = {
    standIn,
    needs,
    logLines,
    grants,
    refused,
    get provider() {
      return isSilent ? hasty : patient;
    },
    harness: () => (realAccount === null ? standInHarness(rig) : baseHarness(rig, realProvider(rig, realAccount))),
    close: () => standIn.stop(),
  };
  return rig;
}

/** A real account instead of the stand-in: what only the stand-in can do (faults, lost sessions, foreign scripts) is then left out. */
const realAccount = readRealAccount();

function readRealAccount(): CloudflareConfig | null {
  const read = (name: string) => process.env[`CONFORMANCE_CLOUDFLARE_${name}`] || null;
  const [accountId, apiToken] = [read("ACCOUNT_ID"), read("API_TOKEN")];
  if (accountId === null || apiToken === null) return null;
  return { accountId, apiToken, dispatchNamespace: read("DISPATCH_NAMESPACE"), ...cloudflarePlaces };
}

function realProvider({ needs }: CloudflareRig, config: CloudflareConfig): Provider {
  const { patience: _short, ...others } = needs;
  return createCloudflareProvider({ ...others, config, environment: "conformance" });
}

function baseHarness({ grants, refused, logLines }: CloudflareRig, provider: Provider): ProviderHarness {
  return {
    provider,
    keepsValues: true,
    knowsVersions: true,
    configure: (deploymentId, env, secretVersions = {}) => void grants.set(deploymentId, { env, secretVersions }),
    refuse: (deploymentId) => void refused.add(deploymentId),
    logLines: () => logLines,
  };
}

function standInHarness(rig: CloudflareRig): ProviderHarness {
  const { standIn, needs } = rig;
  const { shelf } = standIn.account;
  // What every installation has once is nobody's deployment.
  const ofDeployments = () => shelf.list().filter(({ name }) => !/-(dispatcher|outbound)$/.test(name));
  return {
    ...baseHarness(rig, rig.provider),
    get provider() {
      return rig.provider;
    },
    environment,
    resources: async () => ofDeployments().map(({ name, tags }) => ({ name, tags })),
    plantForeign: (placed) => plantForeign(standIn, placed),
    withBrokenCredentials() {
      const config = { ...needs.config, apiToken: randomBytes(20).toString("hex") };
      return { provider: createCloudflareProvider({ ...needs, config }), credentials: [config.apiToken] };
    },
    failNext: standIn.failNext,
    loseSessions: () => standIn.loseObjects(),
  };
}

async function plantForeign({ account, config }: CloudflareStandIn, placed: PlacedDeployment): Promise<void> {
  const name = scriptNameOf("elsewhere", placed);
  const form = new FormData();
  const metadata = { main_module: "w.js", compatibility_date: "2026-11-01", tags: tagsOf("elsewhere", placed) };
  form.append("metadata", new Blob([JSON.stringify(metadata)], { type: "application/json" }));
  form.append("w.js", new File(["export default {};"], "w.js", { type: "application/javascript+module" }));
  const url = `${config.api.href}/accounts/${account.id}/workers/scripts/${name}`;
  const headers = { authorization: `Bearer ${account.token}` };
  const answer = await fetch(url, { method: "PUT", headers, body: form, signal: AbortSignal.timeout(45_000) });
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
