// What the customer did wrong ends the deployment in safe words, and the version before it stays live.
import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AppError } from "~/server/errors";
import { setSecret } from "~/server/secrets/set-secret";
import { type DeployRig, openDeployRig } from "~/server/testing/deploy-rig";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
let rig: DeployRig;

beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  rig = await openDeployRig(services);
});

describe("a version that does not work", () => {
  it.each([
    ["throws when it is loaded", `throw new Error("no database");`, "start_failed", /no database/],
    ["has no handler", `export const answer = 42;`, "start_failed", /default export/],
    [
      "throws when it is called",
      `export default () => { throw new Error("key missing"); };`,
      "probe_failed",
      /key missing\. A handler/,
    ],
    ["answers garbage", `export default () => 42;`, "probe_failed", /returned a number/],
    ["does not compile", `export default () => {`, "build_failed", /index\.ts:1/],
    ["imports what is not there", `import x from "./gone"; export default () => x;`, "build_failed", /gone/],
    ["names what no column can hold", `import x from "./go\\u0000ne"; export default () => x;`, "build_failed", /go\ufffdne/],
    ["prints a token", `throw new Error("Bearer abcdefghijklmnop1234");`, "start_failed", /\[redacted\]/],
  ])("because it %s fails and says so", async (_what, source, code, reason) => {
    const first = await rig.deploy();
    await rig.run(first);
    const id = await rig.deploy(source);
    await rig.run(id);
    const detail = await rig.detailOf(id);
    expect(detail.status).toBe("failed");
    expect(detail.failureReason).toMatch(reason);
    expect(detail.failureCode).toBe(code);
    expect(await rig.liveDeploymentId(), "the old version stays live").toBe(first);
    expect([...rig.fake.placed.keys()], "nothing stays placed").toEqual([first]);
    const modules = join(services.directory, "blobs", rig.scope.workspaceId, "modules");
    expect(readdirSync(modules), "nor stored").toEqual([`${first}.mjs`]);
  });

  it("because it hangs at its start fails at its deadline", async () => {
    rig.tamper({ activate: () => new Promise(() => {}) });
    const id = await rig.deploy();
    await rig.run(id, { deadlines: { probed: 50 } });
    expect(await rig.detailOf(id)).toMatchObject({ status: "failed", failureCode: "probed_overdue" });
  });

  it("because its stored zip was altered by one byte is refused and audited", async () => {
    const id = await rig.deploy();
    const row = await services.owner
      .selectFrom("deployments")
      .select("bundleBlobKey")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    const zip = await services.blobs.read(row.bundleBlobKey);
    zip[20] = (zip[20] ?? 0) ^ 1;
    await writeFile(join(services.directory, "blobs", row.bundleBlobKey), zip);
    await rig.run(id);
    expect(await rig.detailOf(id)).toMatchObject({ status: "failed", failureCode: "bundle_altered" });
    const audited = await services.owner
      .selectFrom("auditEntries")
      .select("targetId")
      .where("action", "=", "deployment.integrity_failure")
      .execute();
    expect(audited).toEqual([{ targetId: id }]);
  });

  it("because a required secret has no value is refused before it is entered, naming the key", async () => {
    const needsKey = { env: { requiredKeys: ["OPENAI_API_KEY", "OTHER_KEY"] } };
    await setSecret(services, rig.scope, { agentId: rig.agentId, name: "OTHER_KEY", value: "v" });
    const refused = await rig.deploy(undefined, needsKey).catch((error: AppError) => error);
    expect(refused).toMatchObject({ code: "INVALID_REQUEST", details: { reason: "secrets_missing" } });
    expect((refused as AppError).message).toContain("OPENAI_API_KEY");
    await setSecret(services, rig.scope, { agentId: rig.agentId, name: "OPENAI_API_KEY", value: "v" });
    const id = await rig.deploy(undefined, needsKey);
    await rig.run(id);
    expect(await rig.detailOf(id)).toMatchObject({ status: "active", secretVersions: { OPENAI_API_KEY: 1, OTHER_KEY: 1 } });
  });
});
