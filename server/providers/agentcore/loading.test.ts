// An installation without AgentCore pays nothing for it: AWS's clients are loaded by the first request, not by the start.
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { AppError } from "~/server/errors";
import { createLog } from "~/server/log";
import { createProviders } from "~/server/providers/create-providers";
import { createTestConfig } from "~/server/testing/test-config";

const needs = {
  log: createLog({ program: "test", level: "silent" }),
  openGrant: () => Promise.reject(new AppError("CONFLICT", "Not now.")),
};
const agentCore = {
  region: "eu-central-1",
  roleArn: "arn:aws:iam::123456789012:role/agents",
  toolsRoleArn: null,
  bucket: "whs-agents",
  credentials: { accessKeyId: "AKIDLOADING", secretAccessKey: "loading-secret" },
  endpoint: new URL("http://127.0.0.1:1"),
};

function loadedClients(): string[] {
  const paths = Object.keys(createRequire(import.meta.url).cache);
  return ["client-bedrock-agentcore", "client-bedrock-agentcore-control", "client-s3"].filter((name) =>
    paths.some((path) => path.includes(`/@aws-sdk/${name}/`)),
  );
}

it("no client is loaded while AgentCore is not configured, nor before it is asked for anything", async () => {
  const config = createTestConfig({ databaseUrl: "", redisUrl: "", dataDir: "" });
  expect(
    createProviders({ ...needs, config })
      .list()
      .map(({ runtime }) => runtime),
  ).not.toContain("agentcore");
  const offered = createProviders({ ...needs, config: { ...config, agentCore } });
  expect(offered.list().map(({ runtime }) => runtime)).toContain("agentcore");
  expect(loadedClients()).toEqual([]);
  expect((await offered.get("agentcore").health()).status).toBe("down");
  expect(loadedClients()).toHaveLength(3);
});
