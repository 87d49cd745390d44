// A clone has everything of the first agent but the values of its secrets, and says which of them it needs (MISSION C1).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAgent } from "~/server/agents/create-agent";
import { updateAgent } from "~/server/agents/update-agent";
import type { AppError } from "~/server/errors";
import { setSecret } from "~/server/secrets/set-secret";
import { type DeployRig, openDeployRig } from "~/server/testing/deploy-rig";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { listVariables } from "~/server/variables/list-variables";
import { setVariable } from "~/server/variables/set-variable";
import { cloneAgent } from "./clone-agent";

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

const clone = (deploys: boolean, name = "twin") => cloneAgent(services, rig.scope, { agentId: rig.agentId, name, deploys });
const key = (name: string, value: string) => ({ agentId: rig.agentId, name, value });

describe("a clone", () => {
  it("of another workspace's agent looks like one of a missing agent", async () => {
    const { scope: other } = await createTestTenant(services);
    const attempt = (agentId: string) => cloneAgent(services, other, { agentId, name: "mine", deploys: false });
    const missing = await attempt("agt_01JD0000000000000000000000").catch((error: AppError) => error.message);
    await expect(attempt(rig.agentId)).rejects.toMatchObject({ code: "NOT_FOUND", message: missing });
  });

  it("takes description and variables along, and is deployed from the same bundle when that is wished", async () => {
    await setVariable(services, rig.scope, key("LOG_LEVEL", "debug"));
    await setVariable(services, rig.scope, key("LOG_LEVEL", "info"));
    await rig.run(await rig.deploy(undefined, { env: { requiredKeys: ["LOG_LEVEL"], optionalKeys: [] } }));
    const twin = await clone(true);
    expect(twin).toMatchObject({ name: "twin", status: "deploying", missingKeys: [], secretsLeftBehind: [] });
    const { items } = await listVariables(services, rig.scope, twin.agentId);
    expect(items).toMatchObject([{ name: "LOG_LEVEL", value: "info", version: 1 }]);
    await rig.run(twin.deploymentId ?? "");
    expect(await rig.detailOf(twin.deploymentId ?? "")).toMatchObject({ status: "active", version: 1, agentId: twin.agentId });
  });

  it("may be called no more often than the first one", async () => {
    const limits = { callsPerMinuteMax: 30, concurrencyMax: 2 };
    await updateAgent(services, rig.scope, { agentId: rig.agentId, ...limits });
    expect(await clone(false)).toMatchObject(limits);
    await updateAgent(services, rig.scope, { agentId: rig.agentId, callsPerMinuteMax: null });
    expect(await clone(false, "triplet")).toMatchObject({ callsPerMinuteMax: null, concurrencyMax: 2 });
  });

  it("never has a secret's value: it is made, not deployed, and names what must be set", async () => {
    await setSecret(services, rig.scope, key("OPENAI_API_KEY", "canary-of-the-first-agent"));
    await setSecret(services, rig.scope, key("OTHER_KEY", "canary-that-no-manifest-names"));
    await rig.run(await rig.deploy(undefined, { env: { requiredKeys: ["OPENAI_API_KEY"], optionalKeys: [] } }));
    const twin = await clone(true);
    expect(twin).toMatchObject({
      status: "created",
      deploymentId: null,
      missingKeys: ["OPENAI_API_KEY"],
      secretsLeftBehind: ["OPENAI_API_KEY", "OTHER_KEY"],
    });
    const secrets = services.owner.selectFrom("agentSecrets").select("name").where("agentId", "=", twin.agentId);
    expect(await secrets.execute()).toEqual([]);
  });

  it("of an agent without a live version cannot be deployed, and leaves nothing when that is asked for", async () => {
    await expect(clone(true)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    expect(await services.owner.selectFrom("agents").select("name").execute()).toEqual([{ name: "bot" }]);
    expect(await clone(false)).toMatchObject({ deploymentId: null, missingKeys: [] });
  });

  it("needs a name that is free", async () => {
    await createAgent(services, rig.scope, { name: "twin", description: "" });
    await expect(clone(false)).rejects.toMatchObject({ code: "CONFLICT", details: { reason: "agent_name_taken" } });
  });
});
