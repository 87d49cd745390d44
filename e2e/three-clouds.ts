// The product with both clouds set up, whose places are taken by stand-ins that run what is placed: this machine, Cloudflare, AgentCore.
import { startAgentCoreStandIn } from "~/server/testing/agentcore-stand-in/agentcore-stand-in";
import type { Answered, Sent } from "~/server/testing/cloudflare-stand-in/answer-outgoing";
import { startCloudflareStandIn } from "~/server/testing/cloudflare-stand-in/start-cloudflare-stand-in";
import { cloudsAt, makeAlteredTree } from "./altered-tree";
import { freshDataDir, type Product, removeDataDir } from "./product";

export type ThreeClouds = { product: Product; stop(): Promise<void> };

export async function startThreeClouds(): Promise<ThreeClouds> {
  const here = { url: "" };
  const internet = (sent: Sent) => reach(here.url, sent);
  const [cloudflare, agentCore] = await Promise.all([startCloudflareStandIn({ internet }), startAgentCoreStandIn()]);
  const { api, agents, accountId, apiToken } = cloudflare.config;
  const places = { cloudflareApi: api, cloudflareAgents: agents ?? api, agentCore: agentCore.endpoint };
  const tree = await makeAlteredTree(cloudsAt(places));
  const dataDir = freshDataDir();
  const stopAll = async (product?: Product) => {
    await product?.stop();
    removeDataDir(dataDir);
    tree.remove();
    await Promise.all([cloudflare.stop(), agentCore.close()]);
  };
  const env = {
    ENVIRONMENT_NAME: "proof",
    CLOUDFLARE_ACCOUNT_ID: accountId,
    CLOUDFLARE_API_TOKEN: apiToken,
    AGENTCORE_REGION: agentCore.access.region,
    AGENTCORE_ROLE_ARN: agentCore.roleArn,
    AGENTCORE_BUCKET: agentCore.bucket,
    AGENTCORE_ACCESS_KEY_ID: agentCore.access.accessKeyId,
    AGENTCORE_SECRET_ACCESS_KEY: agentCore.access.secretAccessKey,
  };
  try {
    const product = await tree.start({ dataDir, env });
    here.url = product.url;
    return { product, stop: () => stopAll(product) };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** Of the whole internet, scripts at Cloudflare find the product alone. */
async function reach(productUrl: string, { url, method, headers, body }: Sent): Promise<Answered> {
  if (productUrl === "" || new URL(url).origin !== new URL(productUrl).origin) return { status: 404 };
  const passed = Object.entries(headers).filter(([name]) => name.startsWith("x-telemetry-") || name === "content-type");
  const answer = await fetch(url, {
    method,
    headers: Object.fromEntries(passed.map(([name, value]) => [name, String(value)])),
    body,
    signal: AbortSignal.timeout(10_000),
  });
  return { status: answer.status, headers: { "content-type": "application/json" }, body: await answer.text() };
}
