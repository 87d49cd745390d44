// The product with both clouds set up, whose places are taken by stand-ins that run what is placed: this machine, Cloudflare, AgentCore.
import { startAgentCoreStandIn } from "~/server/testing/agentcore-stand-in/agentcore-stand-in";
import { startCloudflareStandIn } from "~/server/testing/cloudflare-stand-in/start-cloudflare-stand-in";
import { makeAlteredTree } from "./altered-tree";
import { freshDataDir, type Product, removeDataDir, startProduct } from "./product";

export type ThreeClouds = { product: Product; stop(): Promise<void> };

/** No variable moves the clouds, so the addresses go into programs that are built for this test alone. */
export async function startThreeClouds(): Promise<ThreeClouds> {
  const [cloudflare, agentCore] = await Promise.all([startCloudflareStandIn(), startAgentCoreStandIn()]);
  const { api, agents, accountId, apiToken } = cloudflare.config;
  const tree = await makeAlteredTree({
    "server/config-cloudflare.ts": (source) =>
      exchange(
        source,
        /cloudflarePlaces = \{.*\};/,
        `cloudflarePlaces = { api: new URL("${api}"), agents: new URL("${agents}") };`,
      ),
    "server/config-agentcore.ts": (source) =>
      exchange(source, /endpoint: null \}/, `endpoint: new URL("${agentCore.endpoint}") }`),
  });
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
    const product = await startProduct({ dataDir, root: tree.root, env });
    return { product, stop: () => stopAll(product) };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

function exchange(source: string, what: RegExp, by: string): string {
  if (!what.test(source)) throw new Error(`There is no ${what} any more.`);
  return source.replace(what, by);
}
