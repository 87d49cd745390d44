// The policy that operators are told to attach allows every request that the adapter makes, and nothing that it does not make.
import { readFileSync } from "node:fs";
import * as data from "@aws-sdk/client-bedrock-agentcore";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildPlacement, invocationOf } from "~/server/testing/agent-host";
import { type AgentCoreRig, startAgentCoreRig } from "~/server/testing/agentcore-rig";

type Statement = { Sid: string; Effect: string; Action: string | string[]; Resource: string; Condition?: unknown };

/** What AWS asks for besides the request itself. */
const implied: Readonly<Record<string, readonly string[]>> = {
  "bedrock-agentcore:CreateAgentRuntime": ["bedrock-agentcore:TagResource", "iam:PassRole", "iam:CreateServiceLinkedRole"],
  "bedrock-agentcore:UpdateAgentRuntime": ["iam:PassRole"],
  "bedrock-agentcore:CreateAgentRuntimeEndpoint": ["bedrock-agentcore:TagResource"],
  "s3:PutObject": ["s3:PutObjectTagging"],
};
const never = () => new AbortController().signal;

let rig: AgentCoreRig;
let statements: Statement[];

beforeAll(async () => {
  rig = await startAgentCoreRig();
  const text = readFileSync(new URL("../../../docs/operations/agentcore-policy.json", import.meta.url), "utf8");
  const places = {
    REGION: "eu-central-1",
    ACCOUNT: "123456789012",
    BUCKET: rig.standIn.bucket,
    TOOLS_ROLE: "whs-agents-with-tools",
    ROLE: "whs-agents",
    ENVIRONMENT: "test",
  };
  const filled = Object.entries(places).reduce((policy, [name, value]) => policy.replaceAll(name, value), text);
  statements = (JSON.parse(filled) as { Statement: Statement[] }).Statement;
  await liveOnce();
}, 120_000);
afterAll(() => rig.close());

/** Everything that the house ever asks of this adapter. */
async function liveOnce(): Promise<void> {
  const { provider } = rig.harness;
  const source = "export default async (_request, { session }) => { await session.set('seen', 1); return 'well'; };";
  const first = await buildPlacement(provider, source);
  const second = await buildPlacement(provider, source, { agentId: first.agentId, workspaceId: first.workspaceId, version: 2 });
  for (const placement of [first, second]) {
    await provider.deploy(placement, { signal: never() });
    await provider.activate(placement, { signal: never() });
    await provider.invoke(placement, invocationOf("?"), { signal: never() });
  }
  await provider.deploy(first, { signal: never() });
  for (const version of [1, 2, 3]) {
    rig.harness.configure(first.deploymentId, { API_SECRET: `value-number-${version}` }, { API_SECRET: version });
    await provider.refreshSecrets(first, { signal: never() });
  }
  await provider.stop(second);
  await provider.holders([first.deploymentId], { signal: never() });
  await provider.logs(first, { limit: 10 });
  await provider.placements({ signal: never() });
  await provider.health();
  for (const placement of [first, second]) await provider.destroy(placement);
}

function isAllowed(action: string, resource: string): boolean {
  return statements.some((statement) => {
    const pattern = statement.Resource.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return [statement.Action].flat().includes(action) && new RegExp(`^${pattern.join(".*")}$`).test(resource);
  });
}

it("every request is allowed on what it is about", () => {
  expect(rig.standIn.calls.length).toBeGreaterThan(50);
  const refused = rig.standIn.calls.filter(({ action, resource }) => !isAllowed(action, resource));
  expect(refused).toEqual([]);
});

it("nothing is allowed that no request needs", () => {
  const made = new Set(rig.standIn.calls.map(({ action }) => action));
  const needed = new Set([...made].flatMap((action) => [action, ...(implied[action] ?? [])]));
  const allowed = statements.flatMap(({ Action }) => Action);
  expect(allowed.filter((action) => !needed.has(action))).toEqual([]);
  expect(allowed.filter((action) => action.includes("*"))).toEqual([]);
});

it("only making and listing runtimes is allowed on everything, and making only under this environment's tag", () => {
  const wide = statements.filter(({ Resource }) => Resource === "*");
  expect(wide.map(({ Action }) => Action)).toEqual([
    "bedrock-agentcore:CreateAgentRuntime",
    "bedrock-agentcore:ListAgentRuntimes",
  ]);
  expect(wide[0]?.Condition).toEqual({ StringEquals: { "aws:RequestTag/environment": "test" } });
});

it("another environment's runtimes and objects are out of reach", () => {
  expect(
    isAllowed(
      "bedrock-agentcore:InvokeAgentRuntime",
      "arn:aws:bedrock-agentcore:eu-central-1:123456789012:runtime/whs_other_X-aaaaaaaaa1",
    ),
  ).toBe(false);
  expect(isAllowed("s3:GetObject", `arn:aws:s3:::${rig.standIn.bucket}/other/code/x.zip`)).toBe(false);
});

it("what agents with tools run as may besides use AWS's own interpreter and browser, by names of the SDK, and nothing of the account's", () => {
  const text = readFileSync(new URL("../../../docs/operations/agentcore-tools-role.json", import.meta.url), "utf8");
  const tools = (JSON.parse(text) as { Statement: Statement[] }).Statement.filter(
    ({ Action }) => !String(Action).startsWith("logs:"),
  );
  const actions = tools.flatMap(({ Action }) => Action);
  const known = new Set(Object.keys(data).map((name) => name.replace(/Command$/, "")));
  // Not a request of the SDK's: the agent opens a WebSocket with it.
  known.add("ConnectBrowserAutomationStream");
  expect(actions.filter((action) => !known.has(action.replace("bedrock-agentcore:", "")))).toEqual([]);
  for (const { Resource } of tools)
    expect(Resource).toMatch(/^arn:aws:bedrock-agentcore:REGION:aws:(code-interpreter|browser)\/\*$/);
});

it("a workspace's own role names nothing but that workspace's tools, and may do with them what the one for all may do with AWS's", () => {
  const read = (name: string) =>
    JSON.parse(readFileSync(new URL(`../../../docs/operations/${name}`, import.meta.url), "utf8")) as { Statement: Statement[] };
  const own = read("agentcore-workspace-tools-role.json").Statement;
  const shared = read("agentcore-tools-role.json").Statement;
  expect(own.map(({ Action }) => Action)).toEqual(shared.map(({ Action }) => Action));
  for (const { Resource } of own.slice(1)) {
    expect(Resource).toMatch(
      /^arn:aws:bedrock-agentcore:REGION:ACCOUNT:(code-interpreter|browser)-custom\/whs_ENVIRONMENT_WORKSPACE-\*$/,
    );
  }
});

it("what agents run as may write its own log and nothing else", () => {
  const text = readFileSync(new URL("../../../docs/operations/agentcore-execution-role.json", import.meta.url), "utf8");
  const actions = (JSON.parse(text) as { Statement: Statement[] }).Statement.flatMap(({ Action }) => Action);
  expect(actions.every((action) => action.startsWith("logs:"))).toBe(true);
  expect(actions.some((action) => action.includes("*"))).toBe(false);
});
