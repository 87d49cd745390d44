// Agents with tools have the rights of their own workspace's role where the operator has made one for each, and nobody else's.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Placement } from "~/runtime/contract/host-protocol";
import { AgentCoreToolsRoleArn } from "~/server/config-agentcore";
import type { Provider } from "~/server/providers/provider";
import { buildPlacement } from "~/server/testing/agent-host";
import { type AgentCoreRig, startAgentCoreRig } from "~/server/testing/agentcore-rig";

const never = () => new AbortController().signal;
const template = "arn:aws:iam::123456789012:role/whs-tools-{workspace}";
const roleOf = ({ workspaceId }: Placement) => template.replace("{workspace}", workspaceId.slice("wks_".length));

let rig: AgentCoreRig;
let provider: Provider;
beforeAll(async () => {
  rig = await startAgentCoreRig();
  const { region, accessKeyId, secretAccessKey } = rig.standIn.access;
  const { roleArn, bucket, endpoint } = rig.standIn;
  const credentials = { accessKeyId, secretAccessKey };
  provider = rig.another({ config: { region, roleArn, bucket, endpoint, credentials, toolsRoleArn: template } });
});
afterAll(() => rig.close());

const build = (overrides: Partial<Placement> = {}) => buildPlacement(provider, "export default () => 'well';", overrides);

function rolesAt({ agentId }: Placement): string[] {
  const runtime = [...rig.standIn.plane.runtimes.values()].find(({ name }) => agentId.endsWith(name.slice(-26)));
  return [...(runtime?.versions.values() ?? [])].map(({ roleArn }) => roleArn);
}

it("each workspace's agents with tools run as that workspace's role, those without as the powerless one", async () => {
  const [ours, theirs] = [await build({ claimsTools: true }), await build({ claimsTools: true })];
  const plain = await build({ workspaceId: ours.workspaceId });
  for (const placement of [ours, theirs]) rig.standIn.roles.add(roleOf(placement));
  for (const placement of [ours, theirs, plain]) await provider.deploy(placement, { signal: never() });
  expect(rolesAt(ours)).toEqual([roleOf(ours)]);
  expect(rolesAt(theirs)).toEqual([roleOf(theirs)]);
  expect(rolesAt(plain)).toEqual([rig.standIn.roleArn]);
});

it("where the operator has made none for a workspace the deployment fails with what to do, and is placed once there is one", async () => {
  const placement = await build({ claimsTools: true });
  await expect(provider.deploy(placement, { signal: never() })).rejects.toMatchObject({
    code: "DEPLOYMENT_FAILED",
    retryable: false,
    message: expect.stringMatching(/role that agents with tools run as is not there yet.*the operator makes it/),
    details: { reason: "provider_refused" },
  });
  expect(rolesAt(placement)).toEqual([]);
  rig.standIn.roles.add(roleOf(placement));
  await provider.deploy(placement, { signal: never() });
  expect(rolesAt(placement)).toEqual([roleOf(placement)]);
});

it.each([
  ["arn:aws:iam::123456789012:role/tools", true],
  ["arn:aws:iam::123456789012:role/whs/tools-{workspace}", true],
  [`arn:aws:iam::123456789012:role/${"t".repeat(38)}{workspace}`, true],
  [`arn:aws:iam::123456789012:role/${"t".repeat(39)}{workspace}`, false],
  ["arn:aws:iam::123456789012:role/tools-{agent}", false],
  ["arn:aws:iam::123456789012:role/{workspace}{workspace}", false],
  ["tools-{workspace}", false],
])("as a variable, %s is taken: %s", (arn, isTaken) => {
  expect(AgentCoreToolsRoleArn.safeParse(arn).success).toBe(isTaken);
});
