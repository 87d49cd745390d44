// What agents at AgentCore print: read out of CloudWatch Logs, masked on the way there and on the way in, and gone with the version.
import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Placement } from "~/runtime/contract/host-protocol";
import { buildPlacement, invocationOf } from "~/server/testing/agent-host";
import { type AgentCoreRig, startAgentCoreRig } from "~/server/testing/agentcore-rig";
import { createAws } from "./aws";

const value = "hunter2-wonderland-9431";
const never = () => new AbortController().signal;

let rig: AgentCoreRig;

beforeAll(async () => {
  rig = await startAgentCoreRig();
});
afterAll(() => rig.close());

async function placeAndAsk(source: string): Promise<Placement> {
  const { provider } = rig.harness;
  const placement = await buildPlacement(provider, source);
  rig.harness.configure(placement.deploymentId, { API_SECRET: value }, { API_SECRET: 1 });
  await provider.deploy(placement, { signal: never() });
  await provider.invoke(placement, invocationOf("?"), { signal: never() });
  return placement;
}

const linesOf = async (placement: Placement, limit = 100) =>
  (await rig.harness.provider.logs(placement, { limit })).map(({ line }) => line);
const groupsOf = ({ deploymentId }: Placement) =>
  [...rig.standIn.logs.groups.keys()].filter((name) => name.endsWith(deploymentId));

it("what goes past console to the descriptors is masked too, and tells its stream", async () => {
  const placement = await placeAndAsk(`import fs, { write, writeSync } from "node:fs";
    export default async (_request, { env }) => {
      writeSync(1, "sync " + env.API_SECRET + "\\n");
      fs.writeSync(2, Buffer.from("... bytes " + env.API_SECRET + "\\n"), 4);
      await new Promise((done) => write(1, "later " + env.API_SECRET + "\\n", done));
      await new Promise((done) => fs.writev(1, [Buffer.from("two "), Buffer.from(env.API_SECRET + "\\n")], done));
      return "printed";
    };`);
  const said = async () =>
    (await rig.harness.provider.logs(placement, { limit: 100 })).map(({ line, stream }) => `${stream}: ${line}`);
  await expect
    .poll(async () => (await said()).sort(), { timeout: 30_000 })
    .toEqual(["stderr: bytes [secret]", "stdout: later [secret]", "stdout: sync [secret]", "stdout: two [secret]"]);
});

it("what reached the log unmasked all the same is masked by its shape as it is read", async () => {
  const placement = await placeAndAsk("export default () => 'well';");
  const [group = ""] = groupsOf(placement);
  rig.standIn.logs.write(group, "2026/11/22/[runtime-logs]x", "authorization: Bearer abcdefghijklmnop-0815");
  expect(await linesOf(placement)).toEqual(["authorization: [redacted] [redacted]"]);
  rig.standIn.logs.write(group, "2026/11/22/[runtime-logs]x", `${".".repeat(7_993)} sk-aBcDeFgHiJkLmNoPqRsT`);
  expect((await linesOf(placement)).join()).not.toContain("sk-aBc");
});

it("lines of the vendor's own streams are not the agent's, and of many lines the newest come, oldest first", async () => {
  const placement = await placeAndAsk(
    "export default () => { for (let n = 0; n < 40; n += 1) console.log('n' + n); return ''; };",
  );
  await expect.poll(async () => (await linesOf(placement)).length, { timeout: 30_000 }).toBe(40);
  expect(await linesOf(placement, 2)).toEqual(["n38", "n39"]);
  expect((await linesOf(placement)).join()).not.toContain("vendor");
});

it("a version that never printed has no lines, though it has no group either", async () => {
  const { provider } = rig.harness;
  const placement = await buildPlacement(provider, "export default () => 'well';");
  await provider.deploy(placement, { signal: never() });
  expect(groupsOf(placement)).toEqual([]);
  expect(await linesOf(placement)).toEqual([]);
});

it("what was printed goes with the version; a policy that forbids it does not keep the version there", async () => {
  const first = await placeAndAsk("export default () => { console.log('one'); return ''; };");
  const second = await placeAndAsk("export default () => { console.log('two'); return ''; };");
  // On their way out of a process lines may come behind its answer.
  await expect.poll(() => linesOf(first)).toEqual(["one"]);
  await expect.poll(() => linesOf(second)).toEqual(["two"]);
  await rig.harness.provider.destroy(first);
  expect(groupsOf(first)).toEqual([]);
  rig.standIn.failNext(403, 1_000, (action) => action === "logs:DeleteLogGroup");
  await rig.harness.provider.destroy(second);
  rig.standIn.failNext(403, 0);
  expect(groupsOf(second)).toHaveLength(1);
  expect(rig.harness.logLines?.().join("")).toContain("docs/operations/agentcore-policy.json");
});

it("the stand-in is as strict as CloudWatch: signature, model, and newest first only for later times", async () => {
  const { access, endpoint } = rig.standIn;
  const refusal = async (input: object, secretAccessKey = access.secretAccessKey) => {
    const { accessKeyId, region } = access;
    const config = {
      region,
      endpoint,
      bucket: "b",
      roleArn: "r",
      toolsRoleArn: null,
      credentials: { accessKeyId, secretAccessKey },
    };
    const { client } = (await createAws(config, 3_000)()).logs;
    return client.send(new FilterLogEventsCommand(input)).then(
      () => "taken",
      (error: Error) => error.name,
    );
  };
  const [logGroupName = ""] = rig.standIn.logs.groups.keys();
  expect(await refusal({ logGroupName })).toBe("taken");
  expect(await refusal({ logGroupName }, "another")).toBe("InvalidSignatureException");
  expect(await refusal({ logGroupName: "no such group!" })).toBe("InvalidParameterException");
  expect(await refusal({ logGroupName, limit: 10_001 })).toBe("InvalidParameterException");
  expect(await refusal({ logGroupName, startFromHead: false, startTime: 1 })).toBe("InvalidParameterException");
  expect(await refusal({ logGroupName: "/none" })).toBe("ResourceNotFoundException");
});
