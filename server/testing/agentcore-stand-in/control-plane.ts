// Runtimes, their immutable versions and their endpoints, as AgentCore keeps them: nothing is ready or gone at once, and conflicts are real.
import { isDeepStrictEqual } from "node:util";
import { findInputFault } from "./check-input";
import type { ObjectStore } from "./object-store";
import { VendorError } from "./vendor-error";

type Status = "CREATING" | "UPDATING" | "READY" | "DELETING";
type Input = Record<string, unknown>;
/** How many looks from outside it takes until what was asked for has come about. */
type Pending = { status: Status; looksLeft: number };

export type Version = {
  number: number;
  code: Uint8Array;
  entryPoint: string;
  roleArn: string;
  variables: Record<string, string>;
  description: string;
};
export type Endpoint = Pending & {
  name: string;
  target: number;
  live: number | null;
  tags: Record<string, string>;
  description: string;
};
export type Runtime = Pending & {
  id: string;
  arn: string;
  name: string;
  tags: Record<string, string>;
  versions: Map<number, Version>;
  latest: number;
  endpoints: Map<string, Endpoint>;
};

const looksNeeded = 2;
const endpointsMax = 10;
const createdAt = "2026-01-01T00:00:00Z";

export type ControlPlane = { runtimes: Map<string, Runtime>; act(operation: string, input: Input): unknown };

/** `roles`: those that there are, as ARNs. */
type Place = { region: string; account: string; objects: ObjectStore; roles: ReadonlySet<string> };

export function createControlPlane(place: Place): ControlPlane {
  const runtimes = new Map<string, Runtime>();
  const answered = new Map<string, { input: Input; answer: unknown }>();
  let made = 0;

  function runtimeOf(input: Input): Runtime {
    const runtime = runtimes.get(String(input["agentRuntimeId"]));
    if (!runtime) throw new VendorError("ResourceNotFoundException", `no runtime ${input["agentRuntimeId"]}`);
    look(runtime, () => runtimes.delete(runtime.id));
    for (const endpoint of [...runtime.endpoints.values()]) {
      look(endpoint, () => runtime.endpoints.delete(endpoint.name));
      if (endpoint.status === "READY") endpoint.live = endpoint.target;
    }
    if (runtime.status === "READY") follow(runtime);
    if (!runtimes.has(runtime.id)) throw new VendorError("ResourceNotFoundException", "it is gone");
    return runtime;
  }

  function versionOf(input: Input): Version {
    const artifact = input["agentRuntimeArtifact"] as {
      codeConfiguration: { code: { s3: { bucket: string; prefix: string } }; entryPoint: string[] };
    };
    const { code, entryPoint } = artifact.codeConfiguration;
    const stored = place.objects.get(code.s3.bucket, code.s3.prefix);
    if (!stored) throw new VendorError("ValidationException", `no code at ${code.s3.prefix}`);
    const roleArn = String(input["roleArn"]);
    if (!place.roles.has(roleArn)) throw new VendorError("ValidationException", `Role validation failed for '${roleArn}'`);
    const variables = (input["environmentVariables"] ?? {}) as Record<string, string>;
    return {
      number: 1,
      code: stored.body,
      entryPoint: entryPoint[0] ?? "",
      roleArn,
      variables,
      description: String(input["description"] ?? ""),
    };
  }

  const acts: Record<string, (input: Input) => unknown> = {
    CreateAgentRuntime(input) {
      const name = String(input["agentRuntimeName"]);
      if ([...runtimes.values()].some((runtime) => runtime.name === name))
        throw new VendorError("ConflictException", `${name} exists`);
      made += 1;
      const id = `${name}-${String(made).padStart(10, "a")}`;
      const arn = `arn:aws:bedrock-agentcore:${place.region}:${place.account}:runtime/${id}`;
      const tags = (input["tags"] ?? {}) as Record<string, string>;
      const runtime: Runtime = {
        ...pending("CREATING"),
        id,
        arn,
        name,
        tags,
        versions: new Map(),
        latest: 1,
        endpoints: new Map(),
      };
      runtime.versions.set(1, versionOf(input));
      runtime.endpoints.set("DEFAULT", {
        ...pending("CREATING"),
        name: "DEFAULT",
        target: 1,
        live: null,
        tags: {},
        description: "",
      });
      runtimes.set(id, runtime);
      return describe(runtime);
    },
    UpdateAgentRuntime(input) {
      const runtime = readyOf(runtimeOf(input));
      runtime.latest += 1;
      runtime.versions.set(runtime.latest, { ...versionOf(input), number: runtime.latest });
      Object.assign(runtime, pending("UPDATING"));
      return describe(runtime);
    },
    GetAgentRuntime(input) {
      const runtime = runtimeOf(input);
      const number = Number(input["agentRuntimeVersion"] ?? runtime.latest);
      if (!runtime.versions.has(number)) throw new VendorError("ResourceNotFoundException", `no version ${number}`);
      return { ...describe(runtime, number), ...(number < runtime.latest ? { status: "READY" } : {}) };
    },
    DeleteAgentRuntime(input) {
      const runtime = readyOf(runtimeOf(input));
      const number = input["agentRuntimeVersion"] === undefined ? null : Number(input["agentRuntimeVersion"]);
      if (number !== null) return deleteVersion(runtime, number);
      Object.assign(runtime, pending("DELETING"));
      return { status: "DELETING", agentRuntimeId: runtime.id };
    },
    ListAgentRuntimes(input) {
      const all = [...runtimes.values()].map((runtime) => describe(runtime));
      return page("agentRuntimes", all, input);
    },
    ListAgentRuntimeVersions(input) {
      const runtime = runtimeOf(input);
      return page(
        "agentRuntimes",
        [...runtime.versions.keys()].map((number) => describe(runtime, number)),
        input,
      );
    },
    CreateAgentRuntimeEndpoint(input) {
      const runtime = runtimeOf(input);
      const name = String(input["name"]);
      if (runtime.endpoints.has(name)) throw new VendorError("ConflictException", `${name} exists`);
      if (runtime.endpoints.size >= endpointsMax)
        throw new VendorError("ServiceQuotaExceededException", `${endpointsMax} endpoints`);
      const target = knownVersion(runtime, input);
      const tags = (input["tags"] ?? {}) as Record<string, string>;
      const endpoint: Endpoint = {
        ...pending("CREATING"),
        name,
        target,
        live: null,
        tags,
        description: String(input["description"] ?? ""),
      };
      runtime.endpoints.set(name, endpoint);
      return describeEndpoint(runtime, endpoint);
    },
    UpdateAgentRuntimeEndpoint(input) {
      const runtime = runtimeOf(input);
      const endpoint = readyOf(endpointOf(runtime, input));
      endpoint.target = knownVersion(runtime, input);
      Object.assign(endpoint, pending("UPDATING"));
      return describeEndpoint(runtime, endpoint);
    },
    GetAgentRuntimeEndpoint(input) {
      const runtime = runtimeOf(input);
      return describeEndpoint(runtime, endpointOf(runtime, input));
    },
    DeleteAgentRuntimeEndpoint(input) {
      const runtime = runtimeOf(input);
      const endpoint = readyOf(endpointOf(runtime, input));
      Object.assign(endpoint, pending("DELETING"));
      return { status: "DELETING", agentRuntimeId: runtime.id, endpointName: endpoint.name };
    },
    ListAgentRuntimeEndpoints(input) {
      const runtime = runtimeOf(input);
      return page(
        "runtimeEndpoints",
        [...runtime.endpoints.values()].map((endpoint) => describeEndpoint(runtime, endpoint)),
        input,
      );
    },
  };

  return {
    runtimes,
    act(operation, input) {
      const fault = findInputFault(operation, input);
      if (fault) throw new VendorError("ValidationException", fault);
      const token = input["clientToken"] === undefined ? null : `${operation} ${input["clientToken"]}`;
      const before = token === null ? undefined : answered.get(token);
      if (before && !isDeepStrictEqual(before.input, input))
        throw new VendorError("ValidationException", "this token was used for another request");
      if (before && isStillThere(before.answer, runtimes)) return before.answer;
      const answer = acts[operation]?.(input);
      if (answer === undefined) throw new VendorError("ValidationException", `${operation} is not built`);
      if (token !== null) answered.set(token, { input, answer });
      return answer;
    },
  };
}

/** What a token made and somebody took away since is made anew. */
function isStillThere(answer: unknown, runtimes: Map<string, Runtime>): boolean {
  const { agentRuntimeId, endpointName } = answer as { agentRuntimeId?: string; endpointName?: string };
  const runtime = runtimes.get(agentRuntimeId ?? "");
  return runtime !== undefined && (endpointName === undefined || runtime.endpoints.has(endpointName));
}

function pending(status: Status): Pending {
  return { status, looksLeft: looksNeeded };
}

function look(thing: Pending, remove: () => void): void {
  if (thing.status === "READY") return;
  thing.looksLeft -= 1;
  if (thing.looksLeft > 0) return;
  if (thing.status === "DELETING") remove();
  else thing.status = "READY";
}

/** The vendor's own endpoint goes with the newest version. */
function follow(runtime: Runtime): void {
  const endpoint = runtime.endpoints.get("DEFAULT");
  if (endpoint) Object.assign(endpoint, { status: "READY", target: runtime.latest, live: runtime.latest });
}

function readyOf<T extends Pending>(thing: T): T {
  if (thing.status !== "READY") throw new VendorError("ConflictException", `it is ${thing.status}`);
  return thing;
}

function endpointOf(runtime: Runtime, input: Input): Endpoint {
  const endpoint = runtime.endpoints.get(String(input["endpointName"]));
  if (!endpoint) throw new VendorError("ResourceNotFoundException", `no endpoint ${input["endpointName"]}`);
  return endpoint;
}

function knownVersion(runtime: Runtime, input: Input): number {
  const number = Number(input["agentRuntimeVersion"] ?? runtime.latest);
  if (!runtime.versions.has(number)) throw new VendorError("ResourceNotFoundException", `no version ${number}`);
  return number;
}

function deleteVersion(runtime: Runtime, number: number) {
  if (!runtime.versions.has(number)) throw new VendorError("ResourceNotFoundException", `no version ${number}`);
  const isUsed = [...runtime.endpoints.values()].some(({ target, live }) => target === number || live === number);
  if (isUsed) throw new VendorError("ConflictException", `an endpoint points at ${number}`);
  runtime.versions.delete(number);
  return { status: "DELETING", agentRuntimeId: runtime.id, agentRuntimeVersion: String(number) };
}

function describe(runtime: Runtime, number = runtime.latest) {
  return {
    agentRuntimeArn: runtime.arn,
    agentRuntimeId: runtime.id,
    agentRuntimeName: runtime.name,
    agentRuntimeVersion: String(number),
    description: runtime.versions.get(number)?.description ?? "",
    createdAt,
    lastUpdatedAt: createdAt,
    status: runtime.status,
  };
}

function describeEndpoint(runtime: Runtime, endpoint: Endpoint) {
  return {
    agentRuntimeId: runtime.id,
    agentRuntimeArn: runtime.arn,
    agentRuntimeEndpointArn: `${runtime.arn}/runtime-endpoint/${endpoint.name}`,
    id: endpoint.name,
    name: endpoint.name,
    endpointName: endpoint.name,
    targetVersion: String(endpoint.target),
    ...(endpoint.live === null ? {} : { liveVersion: String(endpoint.live) }),
    description: endpoint.description,
    status: endpoint.status,
    createdAt,
    lastUpdatedAt: createdAt,
  };
}

/** Three at a time, whatever was asked for: a caller that does not turn pages is found out. */
function page(member: string, all: readonly unknown[], { nextToken = "0" }: Input) {
  const from = Number(nextToken);
  const until = from + 3;
  return { [member]: all.slice(from, until), ...(until < all.length ? { nextToken: String(until) } : {}) };
}
