// Holds a request's input against the vendor's own model, as the SDK brings it along: names, types, what is required, and value patterns.
import * as control from "@aws-sdk/client-bedrock-agentcore-control";

/** The SDK's schemas are arrays: kind, namespace, name, traits, then what the kind has. */
type Schema = unknown;
type Shaped = readonly [kind: number, namespace: string, name: string, traits: unknown, ...rest: unknown[]];

const kinds = { simple: 0, list: 1, map: 2, structure: 3, union: 4 } as const;
const [stringKind, numberKind, booleanKind, listOf, mapOf] = [0, 1, 2, 64, 128];

/** From the API reference, for what we send: schemas in the SDK leave them out. */
const patterns: Readonly<Record<string, RegExp>> = {
  agentRuntimeName: /^[a-zA-Z][a-zA-Z0-9_]{0,47}$/,
  agentRuntimeId: /^[a-zA-Z][a-zA-Z0-9_]{0,99}-[a-zA-Z0-9]{10}$/,
  agentRuntimeVersion: /^[1-9][0-9]{0,4}$/,
  name: /^[a-zA-Z][a-zA-Z0-9_]{0,47}$/,
  qualifier: /^[a-zA-Z][a-zA-Z0-9_]{0,47}$/,
  contentType: /^[\s\S]{1,256}$/,
  accept: /^[\s\S]{1,256}$/,
  endpointName: /^[a-zA-Z][a-zA-Z0-9_]{0,47}$/,
  clientToken: /^(?=.{33,256}$)[a-zA-Z0-9](-*[a-zA-Z0-9]){0,256}$/,
  roleArn: /^arn:aws(-[^:]+)?:iam::[0-9]{12}:role\/.+$/,
  description: /^[\s\S]{1,256}$/,
  bucket: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  prefix: /^[\s\S]{1,1024}$/,
  runtime: /^(PYTHON_3_1[0-4]|NODE_22)$/,
  networkMode: /^(PUBLIC|VPC)$/,
  serverProtocol: /^(MCP|HTTP|A2A|AGUI)$/,
  mountPath: /^\/mnt\/[a-zA-Z0-9._-]+\/?$/,
  nextToken: /^\S{1,2048}$/,
  logGroupName: /^[.\-_/#A-Za-z0-9]{1,512}$/,
};
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  idleRuntimeSessionTimeout: [60, 28_800],
  maxLifetime: [60, 28_800],
  maxResults: [1, 100],
  limit: [1, 10_000],
  startTime: [0, Number.MAX_SAFE_INTEGER],
};
/** Members with a number of entries, and of each key and value a length. */
const maps: Readonly<Record<string, { entries: number; key: RegExp; value: RegExp }>> = {
  environmentVariables: { entries: 50, key: /^[\s\S]{1,100}$/, value: /^[\s\S]{0,5000}$/ },
  tags: { entries: 50, key: /^[a-zA-Z0-9\s._:/=+@-]{1,128}$/, value: /^[a-zA-Z0-9\s._:/=+@-]{0,256}$/ },
};

/** Null: the vendor would take it. `operation` as the SDK calls its request, for example `CreateAgentRuntime`. */
export function findInputFault(operation: string, input: unknown, model: object = control): string | null {
  const schema = (model as Record<string, Schema>)[`${operation}Request$`];
  if (schema === undefined) return `The model has no ${operation}.`;
  return faultOf(operation, input, schema);
}

function faultOf(path: string, value: unknown, schema: Schema): string | null {
  const shape = resolve(schema);
  const name = path.slice(path.lastIndexOf(".") + 1);
  if (typeof shape === "number") return faultOfPlain(path, name, value, shape);
  if (shape[0] === kinds.simple) return faultOf(path, value, shape[4]);
  if (shape[0] === kinds.structure || shape[0] === kinds.union) return faultOfStructure(path, value, shape);
  if (shape[0] === kinds.list) return faultOfList(path, value, shape[4]);
  if (shape[0] === kinds.map) return faultOfMap(path, name, value);
  return null;
}

function faultOfPlain(path: string, name: string, value: unknown, kind: number): string | null {
  if (kind >= mapOf) return faultOfMap(path, name, value);
  if (kind >= listOf) return faultOfList(path, value, kind - listOf);
  if (kind === stringKind) {
    if (typeof value !== "string") return `${path} must be a string`;
    return patterns[name] && !patterns[name].test(value) ? `${path} does not match ${patterns[name].source}` : null;
  }
  if (kind === numberKind) {
    const [least, most] = ranges[name] ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    return typeof value === "number" && value >= least && value <= most
      ? null
      : `${path} must be a number of ${least} to ${most}`;
  }
  return kind === booleanKind && typeof value !== "boolean" ? `${path} must be true or false` : null;
}

function faultOfStructure(path: string, value: unknown, shape: Shaped): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return `${path} must be an object`;
  const [names, schemas, required] = shape.slice(4) as [string[], Schema[], number | undefined];
  const given = Object.keys(value);
  const unknown = given.find((name) => !names.includes(name));
  if (unknown) return `${path}.${unknown} is not in the model`;
  if (shape[0] === kinds.union && given.length !== 1) return `${path} must have exactly one member`;
  const missing = names.slice(0, shape[0] === kinds.structure ? (required ?? 0) : 0).find((name) => !given.includes(name));
  if (missing) return `${path}.${missing} is required`;
  for (const [name, inner] of Object.entries(value)) {
    const fault = faultOf(`${path}.${name}`, inner, schemas[names.indexOf(name)]);
    if (fault) return fault;
  }
  return null;
}

function faultOfList(path: string, value: unknown, schema: Schema): string | null {
  if (!Array.isArray(value)) return `${path} must be a list`;
  for (const [place, item] of value.entries()) {
    const fault = faultOf(`${path}.${place}`, item, schema);
    if (fault) return fault;
  }
  return null;
}

function faultOfMap(path: string, name: string, value: unknown): string | null {
  if (typeof value !== "object" || value === null) return `${path} must be a map`;
  const bounds = maps[name];
  const entries = Object.entries(value);
  if (!bounds) return null;
  if (entries.length > bounds.entries) return `${path} has more than ${bounds.entries} entries`;
  const wrong = entries.find(([key, text]) => typeof text !== "string" || !bounds.key.test(key) || !bounds.value.test(text));
  return wrong ? `${path}.${wrong[0]} is not as it must be` : null;
}

/** A member may be a schema, a function that answers one, or a pair of a schema and the traits of the member. */
function resolve(schema: Schema): number | Shaped {
  if (typeof schema === "function") return resolve((schema as () => Schema)());
  if (typeof schema === "number") return schema;
  const list = schema as readonly unknown[];
  return typeof list[1] === "string" && list.length > 3 ? (list as unknown as Shaped) : resolve(list[0]);
}
