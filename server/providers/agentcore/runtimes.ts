// One runtime per agent at AgentCore, one immutable version of it per deployment and set of secrets.
import type { AgentRuntime, CreateAgentRuntimeCommandInput } from "@aws-sdk/client-bedrock-agentcore-control";
import { AppError } from "~/server/errors";
import type { PlacedDeployment } from "~/server/providers/provider";
import { awsTrouble, isBusy, isInvalid, isMissing } from "./aws-trouble";
import { clientTokenOf, codeKeyOf, runtimeNameOf, tagsOf, toolsRoleOf } from "./names";
import { entryFile } from "./pack-code";
import type { Room } from "./room";
import { waitUntil, whileBusy } from "./wait-until";

export type RuntimePlace = { runtimeId: string; runtimeArn: string };
export type RuntimeVersion = RuntimePlace & { runtimeVersion: string };

/** `digest` tells one set of variables from another, `after` one return to the same set from the last. */
export type VersionWish = {
  placed: PlacedDeployment & { claimsTools?: boolean | undefined };
  variables: Record<string, string>;
  digest: string;
  after?: string;
};

const pageSize = 100;
const pagesMax = 200;
const reasonCharactersMax = 2_000;
/** Seconds. What a session remembers is not in its process, so that an idle one need not be paid for. */
const idleSeconds = 300;
const lifetimeSeconds = 28_800;

/** A version with this code and these variables, ready. The same wish asked twice makes one. */
export async function makeVersion(room: Room, wish: VersionWish, signal: AbortSignal): Promise<RuntimeVersion> {
  const known = await findRuntime(room, wish.placed.agentId, signal);
  const before = known && (await findVersion(room, known, wish, signal));
  const made = before ?? (await requestVersion(room, known, wish, signal).catch((thrown) => explainRefusal(room, wish, thrown)));
  await untilReady(room, made, signal);
  return made;
}

/** A role that is not there is refused like anything else that is wrong. */
function explainRefusal({ config }: Room, { placed }: VersionWish, thrown: unknown): never {
  if (!isInvalid(thrown) || !placed.claimsTools || !config.toolsRoleArn) throw thrown;
  const message =
    "AWS refused the version. Most often the role that agents with tools run as is not there yet, or AgentCore is not trusted by it: the operator makes it, or leave memory, codeInterpreter and browser out of agent.config.json.";
  throw new AppError("DEPLOYMENT_FAILED", message, {
    details: { reason: "provider_refused" },
    cause: (awsTrouble("DEPLOYMENT_FAILED", thrown) as AppError).cause,
  });
}

/** By its name, which is the agent's. Null: the agent has none. */
export async function findRuntime(room: Room, agentId: string, signal: AbortSignal): Promise<RuntimePlace | null> {
  const name = runtimeNameOf(room.environment, agentId);
  for await (const runtime of listRuntimes(room, signal)) {
    if (runtime.agentRuntimeName === name && runtime.status !== "DELETING") return placeOf(runtime);
  }
  return null;
}

/** All of the account, whoever made them. Rejects rather than to leave some out. */
export async function* listRuntimes(room: Room, signal: AbortSignal): AsyncGenerator<AgentRuntime, void, undefined> {
  const { sdk, client } = (await room.aws()).control;
  let nextToken: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const command = new sdk.ListAgentRuntimesCommand({ maxResults: pageSize, ...(nextToken ? { nextToken } : {}) });
    const answer = await client.send(command, { abortSignal: signal });
    yield* answer.agentRuntimes ?? [];
    nextToken = answer.nextToken;
    if (!nextToken) return;
  }
  throw new Error(`The account has more than ${pageSize * pagesMax} runtimes.`);
}

/** AgentCore's versions of one runtime that were made for this deployment, as their descriptions say. */
export async function listVersions(
  room: Room,
  { runtimeId, deploymentId }: { runtimeId: string; deploymentId: string },
  signal: AbortSignal,
): Promise<AgentRuntime[]> {
  const { sdk, client } = (await room.aws()).control;
  const found: AgentRuntime[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const asked = { agentRuntimeId: runtimeId, maxResults: pageSize, ...(nextToken ? { nextToken } : {}) };
    const answer = await client.send(new sdk.ListAgentRuntimeVersionsCommand(asked), { abortSignal: signal });
    found.push(...(answer.agentRuntimes ?? []).filter(({ description }) => description?.startsWith(`${deploymentId} `)));
    nextToken = answer.nextToken;
    if (!nextToken) return found;
  }
  throw new Error(`The runtime ${runtimeId} has more than ${pageSize * pagesMax} versions.`);
}

/** False: an endpoint still points at it, AgentCore's own perhaps, so it stays. */
export async function deleteVersion(room: Room, version: RuntimeVersion): Promise<boolean> {
  const { sdk, client } = (await room.aws()).control;
  const { runtimeId: agentRuntimeId, runtimeVersion: agentRuntimeVersion } = version;
  const clientToken = clientTokenOf("drop", agentRuntimeId, agentRuntimeVersion);
  try {
    await client.send(new sdk.DeleteAgentRuntimeCommand({ agentRuntimeId, agentRuntimeVersion, clientToken }));
    return true;
  } catch (thrown) {
    if (isMissing(thrown)) return true;
    if (isBusy(thrown)) return false;
    throw thrown;
  }
}

/** Resolves when it is gone. */
export async function deleteRuntime(room: Room, { runtimeId }: RuntimePlace, signal: AbortSignal): Promise<void> {
  const { sdk, client } = (await room.aws()).control;
  const patience = { ...room.pace, signal };
  const clientToken = clientTokenOf("delete", runtimeId);
  const command = new sdk.DeleteAgentRuntimeCommand({ agentRuntimeId: runtimeId, clientToken });
  await whileBusy(() => ignoringMissing(client.send(command)), patience);
  const look = async () => {
    const asked = new sdk.GetAgentRuntimeCommand({ agentRuntimeId: runtimeId });
    return (await ignoringMissing(client.send(asked, { abortSignal: signal }))) ? null : true;
  };
  await waitUntil(look, "delete the agent's runtime", patience);
}

export async function ignoringMissing<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (thrown) {
    if (isMissing(thrown)) return null;
    throw thrown;
  }
}

/** A run that died after it had asked for its version finds it again. */
async function findVersion(
  room: Room,
  { runtimeId, runtimeArn }: RuntimePlace,
  { placed, digest }: VersionWish,
  signal: AbortSignal,
): Promise<RuntimeVersion | null> {
  const versions = await listVersions(room, { runtimeId, deploymentId: placed.deploymentId }, signal);
  const match = versions.find(
    ({ description, status }) => description?.includes(digest) && !/DELETING|FAILED/.test(status ?? ""),
  );
  return match?.agentRuntimeVersion ? { runtimeId, runtimeArn, runtimeVersion: match.agentRuntimeVersion } : null;
}

async function requestVersion(
  room: Room,
  known: RuntimePlace | null,
  wish: VersionWish,
  signal: AbortSignal,
): Promise<RuntimeVersion> {
  const { sdk, client } = (await room.aws()).control;
  const { agentId, deploymentId } = wish.placed;
  const patience = { ...room.pace, signal };
  const input = inputOf(room, wish);
  if (known) {
    // Versions of one runtime are made one after the other.
    const clientToken = clientTokenOf("update", known.runtimeId, deploymentId, wish.digest, wish.after ?? "");
    const metadataConfiguration = { requireMMDSV2: true };
    const asked = { ...input, agentRuntimeId: known.runtimeId, clientToken, metadataConfiguration };
    return versionOf(await whileBusy(() => client.send(new sdk.UpdateAgentRuntimeCommand(asked)), patience));
  }
  const { workspaceId } = wish.placed;
  const create = new sdk.CreateAgentRuntimeCommand({
    ...input,
    agentRuntimeName: runtimeNameOf(room.environment, agentId),
    clientToken: clientTokenOf("create", agentId, deploymentId, wish.digest),
    tags: tagsOf(room.environment, { workspaceId, agentId }),
  });
  try {
    return versionOf(await client.send(create));
  } catch (thrown) {
    // Another deployment of the same agent was first.
    const other = isBusy(thrown) ? await findRuntime(room, agentId, signal) : null;
    if (other === null) throw thrown;
    return requestVersion(room, other, wish, signal);
  }
}

function roleOf({ config }: Room, placed: VersionWish["placed"]): string {
  return placed.claimsTools && config.toolsRoleArn ? toolsRoleOf(config.toolsRoleArn, placed) : config.roleArn;
}

function inputOf(room: Room, { placed, variables, digest }: VersionWish) {
  return {
    agentRuntimeArtifact: {
      codeConfiguration: {
        code: { s3: { bucket: room.config.bucket, prefix: codeKeyOf(room.environment, placed) } },
        runtime: "NODE_22",
        entryPoint: [entryFile],
      },
    },
    roleArn: roleOf(room, placed),
    networkConfiguration: { networkMode: "PUBLIC" },
    protocolConfiguration: { serverProtocol: "HTTP" },
    lifecycleConfiguration: { idleRuntimeSessionTimeout: idleSeconds, maxLifetime: lifetimeSeconds },
    environmentVariables: variables,
    description: `${placed.deploymentId} ${digest}`,
  } satisfies Omit<CreateAgentRuntimeCommandInput, "agentRuntimeName">;
}

async function untilReady(room: Room, version: RuntimeVersion, signal: AbortSignal): Promise<void> {
  const { sdk, client } = (await room.aws()).control;
  const { runtimeId: agentRuntimeId, runtimeVersion: agentRuntimeVersion } = version;
  const look = async () => {
    const asked = new sdk.GetAgentRuntimeCommand({ agentRuntimeId, agentRuntimeVersion });
    const { status, failureReason } = await client.send(asked, { abortSignal: signal });
    if (status === "READY") return true;
    if (!status?.endsWith("FAILED")) return null;
    throw failedAtAws("make the version ready", failureReason);
  };
  await waitUntil(look, "make the version ready", { ...room.pace, signal });
}

/** The vendor's reason stays in the cause, for the log, without what it may quote of the variables that it was given. */
export function failedAtAws(what: string, reason: string | undefined): AppError {
  return new AppError(
    "DEPLOYMENT_FAILED",
    `AWS could not ${what}. Deploy again; if that fails too, the operator finds AWS's reason in the log.`,
    {
      details: { reason: "provider_failed" },
      cause: new Error(withoutValues(reason ?? "AWS gave no reason.")),
    },
  );
}

/** Values are handed over in base64, in one piece after the other: what could be a piece of one is left out, words and our ids are not. */
function withoutValues(reason: string): string {
  const isPlain = /^(?:[a-z]+|[A-Z]+|[0-9A-HJKMNP-TV-Z]{26}|\d{12})$/;
  return reason
    .slice(0, reasonCharactersMax)
    .replace(/[A-Za-z0-9+/]{12,}={0,2}/g, (run) => (isPlain.test(run) ? run : "[left out]"));
}

function placeOf({ agentRuntimeId, agentRuntimeArn }: AgentRuntime): RuntimePlace {
  return { runtimeId: agentRuntimeId ?? "", runtimeArn: agentRuntimeArn ?? "" };
}

function versionOf(made: {
  agentRuntimeId: string | undefined;
  agentRuntimeArn: string | undefined;
  agentRuntimeVersion: string | undefined;
}): RuntimeVersion {
  const { agentRuntimeId: runtimeId, agentRuntimeArn: runtimeArn, agentRuntimeVersion: runtimeVersion } = made;
  if (runtimeId && runtimeArn && runtimeVersion) return { runtimeId, runtimeArn, runtimeVersion };
  throw new Error("AgentCore answered without the id of what it made.");
}
