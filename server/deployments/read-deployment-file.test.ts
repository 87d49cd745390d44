// The code of a version: only recorded paths are read, only text is shown, credentials are masked in their place.
import { Readable } from "node:stream";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAgent } from "~/server/agents/create-agent";
import type { WorkspaceScope } from "~/server/auth/scope";
import { receiveUpload } from "~/server/bundles/receive-upload";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { createTestManifest, createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { createDeployment } from "./create-deployment";
import { listDeploymentFiles } from "./list-deployment-files";
import { readDeploymentFile } from "./read-deployment-file";

/** Put together at run time, so that no scanner takes the test itself for a leak. */
const planted = ["sk", "-proj-abcdEFGH1234567890"].join("");

let services: TestServices;
let scope: WorkspaceScope;
let deploymentId: string;

beforeAll(async () => {
  services = await createTestServices();
  const fake = createFakeProvider();
  services.providers = { get: () => fake, list: () => [fake] };
  scope = (await createTestTenant(services)).scope;
  const { agentId } = await createAgent(services, scope, { name: "bot", description: "" });
  const text = (content: string) => new TextEncoder().encode(content);
  const zip = zipSync({
    "agent.config.json": text(JSON.stringify(createTestManifest())),
    "index.ts": text(`const key = "${planted}";\nconst token = context.env.A_LONG_NAME_OF_A_TOKEN;\n`),
    "logo.png": Uint8Array.from([0x89, 0x50, 0, 1]),
    "large.txt": text("x".repeat(513 * 1024)),
  });
  const { uploadId } = await receiveUpload(services, scope, { fileName: "bundle.zip", stream: Readable.from([zip]) });
  deploymentId = (await createDeployment(services, scope, { agentId, uploadId, activate: false })).deploymentId;
});
afterAll(() => services.dispose());

const read = (path: string, by = scope) => readDeploymentFile(services, by, { deploymentId, path });

describe("a file of a bundle", () => {
  it("is listed by its recorded path, and shown with credentials masked and code left as it is", async () => {
    const { items, entrypoint } = await listDeploymentFiles(services, scope, deploymentId);
    expect(items.map(({ path }) => path)).toEqual(["agent.config.json", "index.ts", "large.txt", "logo.png"]);
    expect(await read(entrypoint)).toMatchObject({
      text: 'const key = "[redacted]";\nconst token = context.env.A_LONG_NAME_OF_A_TOKEN;\n',
      isMasked: true,
      leftOut: null,
    });
  });

  it("that is no text, or too much of it, is named only", async () => {
    expect(await read("logo.png")).toMatchObject({ text: null, leftOut: "binary", sizeBytes: 4 });
    expect(await read("large.txt")).toMatchObject({ text: null, leftOut: "too_large" });
  });

  it.each(["../index.ts", "./index.ts", "/index.ts", "INDEX.TS", "index.ts/", "", "index.ts\0", "%69ndex.ts", "__proto__"])(
    "is not found under any other name: %j",
    async (path) => {
      await expect(read(path)).rejects.toMatchObject({ code: "NOT_FOUND" });
    },
  );

  it("of another workspace looks missing", async () => {
    const other = (await createTestTenant(services)).scope;
    await expect(read("index.ts", other)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(listDeploymentFiles(services, other, deploymentId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
