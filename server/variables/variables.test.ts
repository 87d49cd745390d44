// Variables are versioned, readable, never a secret's name, never what looks like a credential, and given to who names them only.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { AppError } from "~/server/errors";
import { openForLaunch } from "~/server/secrets/open-for-launch";
import { setSecret } from "~/server/secrets/set-secret";
import { unsetSecret } from "~/server/secrets/unset-secret";
import { type DeployRig, openDeployRig } from "~/server/testing/deploy-rig";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { listVariables } from "./list-variables";
import { setVariable } from "./set-variable";
import { unsetVariable } from "./unset-variable";

let services: TestServices;
let rig: DeployRig;
let other: WorkspaceScope;

beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  rig = await openDeployRig(services);
  other = (await createTestTenant(services)).scope;
});

const key = (name: string, value = "some value") => ({ agentId: rig.agentId, name, value });
const set = (name: string, value?: string) => setVariable(services, rig.scope, key(name, value));
const list = async () => (await listVariables(services, rig.scope, rig.agentId)).items;
const naming = (requiredKeys: string[], optionalKeys: string[] = []) => ({ env: { requiredKeys, optionalKeys } });

describe("a variable", () => {
  it("gets a higher version with each new value, across an unset too, each act audited without its value", async () => {
    expect([await set("TONE", "a"), await set("TONE", "b"), await set("TONE", "b")].map(({ version }) => version)).toEqual([
      1, 2, 2,
    ]);
    await unsetVariable(services, rig.scope, key("TONE"));
    expect(await list()).toEqual([]);
    await expect(unsetVariable(services, rig.scope, key("TONE"))).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await set("TONE", "c")).version).toBe(3);
    const audited = services.owner
      .selectFrom("auditEntries")
      .select(["action", "metadata"])
      .where("action", "like", "variable.%");
    expect((await audited.orderBy("seq").execute()).map(({ action, metadata }) => [action, metadata])).toEqual([
      ["variable.set", { name: "TONE", version: 1 }],
      ["variable.set", { name: "TONE", version: 2 }],
      ["variable.unset", { name: "TONE", version: 2 }],
      ["variable.set", { name: "TONE", version: 3 }],
    ]);
  });

  it.each([
    ["sk-abcdefghijklmnop1234", "TONE"],
    ["Bearer abcdefghijklmnop", "TONE"],
    ["postgres://me:hunter22@db.example/x", "TONE"],
    ["hunter22", "ADMIN_PASSWORD"],
  ])("with the value %s under the name %s is refused with the advice to set a secret", async (value, name) => {
    const refusal = await set(name, value).catch((error: AppError) => error);
    expect(refusal).toMatchObject({ code: "INVALID_REQUEST", details: { issues: [{ path: "value" }] } });
    expect((refusal as AppError).message).toContain("Set it as a secret");
    expect((refusal as AppError).message).not.toContain(value);
    expect(await list()).toEqual([]);
  });

  it("of another workspace's agent looks like one of a missing agent, to every verb", async () => {
    await set("TONE");
    const attempts = [
      () => listVariables(services, other, rig.agentId),
      () => setVariable(services, other, key("TONE")),
      () => unsetVariable(services, other, key("TONE")),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await list()).toMatchObject([{ name: "TONE", version: 1 }]);
  });
});

describe("a name", () => {
  it("is a variable's or a secret's, never both", async () => {
    await set("FIRST");
    await expect(setSecret(services, rig.scope, key("FIRST"))).rejects.toMatchObject({ details: { reason: "name_taken" } });
    await setSecret(services, rig.scope, key("SECOND"));
    await expect(set("SECOND")).rejects.toMatchObject({ details: { reason: "name_taken" } });
    await unsetSecret(services, rig.scope, key("SECOND"));
    expect(await set("SECOND")).toMatchObject({ version: 1 });
  });

  it("has one owner when a secret and a variable race for it, whoever comes first", async () => {
    for (let round = 0; round < 10; round += 1) {
      const name = `NAME_${round}`;
      await Promise.allSettled([set(name), setSecret(services, rig.scope, key(name)), set(name)]);
      const variables = services.owner
        .selectFrom("agentVariables")
        .select("name")
        .where("name", "=", name)
        .where("value", "is not", null);
      const secrets = services.owner
        .selectFrom("agentSecrets")
        .select("name")
        .where("name", "=", name)
        .where("sealedValue", "is not", null);
      expect([...(await variables.execute()), ...(await secrets.execute())]).toEqual([{ name }]);
    }
  });
});

describe("a version", () => {
  it("is given the variables that its manifest names, and its row says which versions of them", async () => {
    await set("TONE", "friendly");
    await set("UNNAMED", "nobody asked");
    await setSecret(services, rig.scope, key("OPENAI_API_KEY", "canary"));
    const id = await rig.deploy(undefined, naming(["TONE"], ["OPENAI_API_KEY", "ABSENT"]));
    await rig.run(id);
    const grant = await openForLaunch(services, id);
    expect(grant).toMatchObject({ env: { OPENAI_API_KEY: "canary" }, variables: { TONE: "friendly" } });
    expect((await rig.detailOf(id)).variableVersions).toEqual({ TONE: 1 });
    expect(await list()).toMatchObject([
      { name: "TONE", isNamed: true, isStale: false },
      { name: "UNNAMED", isNamed: false, isStale: false },
    ]);
    await set("TONE", "formal");
    expect((await list())[0]).toMatchObject({ name: "TONE", isStale: true });
    expect((await openForLaunch(services, id)).variables).toEqual({ TONE: "formal" });
    expect((await list())[0]).toMatchObject({ name: "TONE", isStale: false });
  });

  it("that requires a key may have it from a variable; without either it is refused, naming it", async () => {
    await expect(rig.deploy(undefined, naming(["TONE"]))).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("TONE"),
    });
    await set("TONE");
    const id = await rig.deploy(undefined, naming(["TONE"]));
    await rig.run(id);
    expect((await rig.detailOf(id)).status).toBe("active");
  });
});
