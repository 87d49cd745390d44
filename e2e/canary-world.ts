// One run of the product with a canary in every secret field: what is planted, what was learned, and everything that it said.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type CanaryName, canaries } from "~/server/testing/canary-fields";
import { type Alterations, cloudsAt, makeAlteredTree } from "./altered-tree";
import { ApiClient } from "./api-client";
import { type Neighbours, startNeighbours } from "./canary-neighbours";
import { freshDataDir, type Product, removeDataDir } from "./product";

export type CanaryWorld = {
  product: Product;
  neighbours: Neighbours;
  api: ApiClient;
  /** Name → value; a name has several values when the product issued several. */
  planted: Map<string, string>;
  /** What was said and dumped, one file each. */
  kept: string;
  learn(name: CanaryName, value: string): void;
  chosen(name: CanaryName): string;
  keep(name: string, text: string): void;
  close(): Promise<void>;
};

/** Marks that every escaping has to do something about, and a letter of two bytes. */
const awkward = `/+"<&>'\\% é`;

function chosenValues(): Map<string, string> {
  const names = Object.keys(canaries).filter((name) => canaries[name as CanaryName] === "chosen");
  const values = new Map(names.map((name) => [name, `canary-${name}-${Math.random().toString(36).slice(2, 12)}`]));
  for (const name of ["agentSecret", "replacedAgentSecret"]) values.set(name, `${values.get(name)}${awkward}end`);
  const line = (place: number) => `${values.get("agentKeyFile")}${place}`.padEnd(48, "Q");
  values.set("agentKeyFile", `-----BEGIN CANARY KEY-----\n${line(1)}\n${line(2)}\n-----END CANARY KEY-----\n`);
  values.set("stripeKey", `sk_test_${values.get("stripeKey")?.replaceAll("-", "")}`);
  values.set("slackAddress", `${values.get("slackAddress")?.replaceAll("-", "")}`);
  values.set("stripeWebhookSecret", `whsec_${values.get("stripeWebhookSecret")?.replaceAll("-", "")}`);
  return values;
}

/** The clouds are among the neighbours, so that nobody outside of this machine is asked; `alterations` are what else is altered. */
export async function openCanaryWorld(alterations: Alterations = {}): Promise<CanaryWorld> {
  const planted = chosenValues();
  const chosen = (name: CanaryName) => planted.get(name) ?? "";
  const kept = mkdtempSync(path.join(tmpdir(), "whs-canary-"));
  const dataDir = freshDataDir();
  mkdirSync(path.join(dataDir, "tmp"), { mode: 0o777 });
  const neighbours = await startNeighbours({ user: "canary", password: chosen("smtpPassword") });
  const cloud = new URL(neighbours.url);
  const clouds = cloudsAt({ cloudflareApi: cloud, cloudflareAgents: cloud, agentCore: cloud });
  const tree = await makeAlteredTree({ ...clouds, ...alterations });
  const forget = async () => {
    tree.remove();
    await neighbours.close();
    for (const folder of [kept, dataDir]) removeDataDir(folder);
  };
  const started = tree.start({ dataDir, env: environmentOf(chosen, neighbours, dataDir) });
  const product = await started.catch((problem) => forget().then(() => Promise.reject(problem)));
  let files = 0;
  const world: CanaryWorld = {
    product,
    neighbours,
    api: new ApiClient(product.url, product.apiKey),
    planted,
    kept,
    chosen,
    learn(name, value) {
      if (value.length < 12) throw new Error(`What was learned as ${name} is no canary.`);
      planted.set(planted.has(name) ? `${name} ${planted.size}` : name, value);
    },
    keep(name, text) {
      files += 1;
      writeFileSync(path.join(kept, `${String(files).padStart(4, "0")}-${name.replace(/[^\w.-]+/g, "-").slice(0, 80)}`), text);
    },
    async close() {
      await product.stop();
      await forget();
    },
  };
  learnFromInstallation(world);
  return world;
}

function environmentOf(chosen: (name: CanaryName) => string, neighbours: Neighbours, dataDir: string): Record<string, string> {
  return {
    LOG_LEVEL: "debug",
    METRICS_TOKEN: chosen("metricsToken"),
    OTEL_EXPORTER_OTLP_ENDPOINT: neighbours.otlp.url,
    OTEL_EXPORTER_OTLP_HEADERS: `x-collector-key=${chosen("collectorKey")}`,
    TMPDIR: path.join(dataDir, "tmp"),
    SMTP_URL: `smtp://canary:${encodeURIComponent(chosen("smtpPassword"))}@127.0.0.1:${neighbours.smtp.port}`,
    MAIL_FROM: "webhost <noreply@example.com>",
    GOOGLE_CLIENT_ID: "google-client",
    GOOGLE_CLIENT_SECRET: chosen("googleSecret"),
    GITHUB_CLIENT_ID: "github-client",
    GITHUB_CLIENT_SECRET: chosen("githubSecret"),
    OIDC_ISSUER: neighbours.url,
    OIDC_CLIENT_ID: "oidc-client",
    OIDC_CLIENT_SECRET: chosen("oidcSecret"),
    OIDC_NAME: "Example",
    CLOUDFLARE_ACCOUNT_ID: "0".repeat(32),
    CLOUDFLARE_API_TOKEN: chosen("cloudflareToken"),
    AGENTCORE_REGION: "xx-canary-1",
    AGENTCORE_ROLE_ARN: "arn:aws:iam::000000000000:role/canary",
    AGENTCORE_BUCKET: "canary-bucket",
    AGENTCORE_ACCESS_KEY_ID: "agentcore-client",
    AGENTCORE_SECRET_ACCESS_KEY: chosen("agentCoreSecretKey"),
    AWS_KMS_ACCESS_KEY_ID: "kms-client",
    AWS_KMS_SECRET_ACCESS_KEY: chosen("kmsSecretKey"),
    STRIPE_SECRET_KEY: chosen("stripeKey"),
    STRIPE_WEBHOOK_SECRETS: chosen("stripeWebhookSecret"),
    STRIPE_PRICES: "starter:month:usd=price_starter",
    STRIPE_API_URL: neighbours.url,
  };
}

/** The embedded default makes its own keys; they lie in its two private files, and nowhere else. */
function learnFromInstallation(world: CanaryWorld): void {
  const { dataDir, signInUrl, apiKey } = world.product;
  const secretOf = (name: string) =>
    new RegExp(`^${name}=(\\w+)$`, "m").exec(readFileSync(path.join(dataDir, "secrets.env"), "utf8"))?.[1] ?? "";
  world.learn("keyEncryptionKey", secretOf("KEY_ENCRYPTION_KEY"));
  world.learn("telemetryRootKey", secretOf("TELEMETRY_ROOT_KEY"));
  world.learn("sessionSecret", secretOf("SESSION_SECRET"));
  world.learn("agentHostToken", secretOf("AGENT_HOST_TOKEN"));
  world.learn("auditSigningKey", secretOf("AUDIT_SIGNING_KEY"));
  const { password } = JSON.parse(readFileSync(databaseSettings(dataDir), "utf8")) as { password: string };
  world.learn("databasePassword", password);
  world.learn("consoleLink", new URL(signInUrl).searchParams.get("token") ?? "");
  world.learn("firstApiKey", apiKey);
}

export function databaseSettings(dataDir: string): string {
  return path.join(dataDir, "postgres", "embedded.json");
}
