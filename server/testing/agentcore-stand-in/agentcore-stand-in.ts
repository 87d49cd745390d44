// Stands in for AWS: AgentCore's two APIs and S3 behind one address, as strict as they are, and the uploaded code is really run.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as control from "@aws-sdk/client-bedrock-agentcore-control";
import { Agent } from "undici";
import { type ControlPlane, createControlPlane } from "./control-plane";
import { invokeRuntime, stopSession } from "./data-plane";
import { createLogGroups, type LogGroups } from "./log-groups";
import { createObjectStore, type ObjectStore } from "./object-store";
import { createSessionMachines, type SessionMachines } from "./session-machines";
import { statuses, VendorError } from "./vendor-error";
import { findSignatureFault, type TestAccess } from "./verify-signature";

export type StandInFault =
  | 400
  | 401
  | 402
  | 403
  | 404
  | 409
  | 424
  | 429
  | 500
  | 503
  | "timeout"
  | "stalled"
  | "reset"
  | "garbage";
/** As IAM would judge it. */
export type StandInCall = { action: string; resource: string };

export type AgentCoreStandIn = {
  endpoint: URL;
  access: TestAccess;
  bucket: string;
  roleArn: string;
  /** Those that the account has. */
  roles: Set<string>;
  plane: ControlPlane;
  store: ObjectStore;
  machines: SessionMachines;
  logs: LogGroups;
  /** Everything that was asked, refused or not, oldest first. */
  calls: StandInCall[];
  /** The next requests that match meet this instead; 0 times takes the rest back. */
  failNext(fault: StandInFault, times: number, matching?: (action: string) => boolean): void;
  close(): Promise<void>;
};

export type Context = Pick<AgentCoreStandIn, "plane" | "store" | "machines" | "logs"> & { agents: Agent };
type Arrived = {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  body: Buffer;
  service: "bedrock-agentcore" | "logs" | "s3";
};
type Faults = { fault: StandInFault; left: number; matching: (action: string) => boolean };

const account = "123456789012";

export async function startAgentCoreStandIn(): Promise<AgentCoreStandIn> {
  const access = { accessKeyId: "AKIDSTANDIN", secretAccessKey: "stand-in-secret-key-4711", region: "eu-central-1" };
  const bucket = "whs-agents";
  const store = createObjectStore(bucket);
  const logs = createLogGroups();
  const roleArn = `arn:aws:iam::${account}:role/whs-agents`;
  const roles = new Set([roleArn, `${roleArn}-with-tools`]);
  const context = {
    store,
    logs,
    plane: createControlPlane({ region: access.region, account, objects: store, roles }),
    machines: createSessionMachines(logs),
    agents: new Agent({ bodyTimeout: 0, headersTimeout: 0 }),
  };
  const calls: StandInCall[] = [];
  let faults: Faults | null = null;
  const server = createServer((request, response) => {
    void readBody(request)
      .then((body) => serve({ request, response, body, ...placeOf(request) }))
      .catch(() => response.destroy()); // the caller went away
  });

  async function serve(arrived: Arrived): Promise<void> {
    const { request, response, body, service } = arrived;
    const call = describeCall(arrived);
    calls.push(call);
    if (faults && faults.left > 0 && faults.matching(call.action)) {
      faults.left -= 1;
      return failWith(arrived, faults.fault);
    }
    try {
      const wrong = findSignatureFault(request, { body, service, access });
      if (wrong) throw new VendorError(wrong, `no, ${request.headers.authorization}`);
      await answer(arrived, context);
    } catch (thrown) {
      if (response.headersSent) return void response.destroy();
      const error = thrown instanceof VendorError ? thrown : new VendorError("InternalServerException", String(thrown));
      refuse(arrived, { status: statuses[error.type], type: error.type, message: error.message });
    }
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...context,
    endpoint: new URL(`http://127.0.0.1:${port}`),
    access,
    bucket,
    roleArn,
    roles,
    calls,
    failNext(fault, times, matching = () => true) {
      faults = { fault, left: times, matching };
    },
    async close() {
      await context.machines.stopAll();
      server.closeAllConnections();
      await Promise.all([new Promise((resolve) => server.close(resolve)), context.agents.destroy()]);
    },
  };
}

async function answer(arrived: Arrived, context: Context): Promise<void> {
  const { request, response, url, body, service } = arrived;
  if (service === "s3") {
    const done = context.store.act({ method: request.method ?? "", url, headers: request.headers, body });
    return void response.writeHead(done.status, { "content-type": "application/xml", ...done.headers }).end(done.body);
  }
  if (service === "logs") {
    const said = context.logs.act(logOperationOf(request), JSON.parse(body.toString("utf8")) as Record<string, unknown>);
    return void response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(said));
  }
  const [, , arn = "", act = ""] = url.pathname.split("/");
  if (request.method === "POST" && act === "invocations")
    return invokeRuntime(context, { request, response, url, body, arn: decodeURIComponent(arn) });
  if (request.method === "POST" && act === "stopruntimesession")
    return stopSession(context, { request, response, url, body, arn: decodeURIComponent(arn) });
  const found = findOperation(request.method ?? "", url.pathname);
  if (!found) throw new VendorError("ValidationException", `${request.method} ${url.pathname} is no operation`);
  const input = { ...(body.length > 0 ? (JSON.parse(body.toString("utf8")) as object) : {}), ...found.labels, ...queryOf(url) };
  const said = context.plane.act(found.operation, input);
  response.writeHead(found.status, { "content-type": "application/json" }).end(JSON.stringify(said));
}

/** The SDK's own table of operations: method, path with labels, status. */
function findOperation(
  method: string,
  path: string,
): { operation: string; labels: Record<string, string>; status: number } | null {
  for (const [name, schema] of Object.entries(control as unknown as Record<string, unknown>)) {
    if (!/AgentRuntime.*\$$/.test(name) || !Array.isArray(schema) || schema[0] !== 9) continue;
    const [wanted, template, status] = (schema[3] as { http: [string, string, number] }).http;
    if (wanted !== method) continue;
    const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, label = ""]) => label);
    const match = new RegExp(`^${template.replace(/\{\w+\}/g, "([^/]+)")}$`).exec(path);
    if (!match) continue;
    const labels = Object.fromEntries(names.map((label, place) => [label, decodeURIComponent(match[place + 1] ?? "")]));
    return { operation: name.slice(0, -1), labels, status };
  }
  return null;
}

function queryOf(url: URL): Record<string, unknown> {
  const { version, maxResults, ...rest } = Object.fromEntries(url.searchParams);
  return {
    ...rest,
    ...(version ? { agentRuntimeVersion: version } : {}),
    ...(maxResults ? { maxResults: Number(maxResults) } : {}),
  };
}

function placeOf(request: IncomingMessage): Pick<Arrived, "url" | "service"> {
  const url = new URL(request.url ?? "/", "http://stand-in");
  if (request.method === "POST" && url.pathname === "/" && logOperationOf(request) !== "") return { url, service: "logs" };
  return { url, service: url.pathname.startsWith("/runtimes/") ? "bedrock-agentcore" : "s3" };
}

function logOperationOf(request: IncomingMessage): string {
  return /^Logs_20140328\.(\w+)$/.exec(String(request.headers["x-amz-target"] ?? ""))?.[1] ?? "";
}

function describeCall(arrived: Arrived): StandInCall {
  if (arrived.service === "s3") return describeStoreCall(arrived);
  const { request, url, body } = arrived;
  if (arrived.service === "logs") {
    const [, group = ""] = /"logGroupName":"([^"]*)"/.exec(body.toString("utf8")) ?? [];
    return { action: `logs:${logOperationOf(request)}`, resource: `arn:aws:logs:eu-central-1:${account}:log-group:${group}:*` };
  }
  const [, , second = "", act = ""] = url.pathname.split("/");
  const resource = decodeURIComponent(second);
  if (act === "invocations") return { action: "bedrock-agentcore:InvokeAgentRuntime", resource };
  if (act === "stopruntimesession") return { action: "bedrock-agentcore:StopRuntimeSession", resource };
  const found = findOperation(request.method ?? "", url.pathname);
  const runtime = `arn:aws:bedrock-agentcore:eu-central-1:${account}:runtime/${second || "*"}`;
  return { action: `bedrock-agentcore:${found?.operation}`, resource: runtime };
}

/** S3 asks for the right to list where a bucket is looked at, and deletes are of objects that stand in the body. */
function describeStoreCall({ request, url, body }: Arrived): StandInCall {
  const path = decodeURIComponent(url.pathname.slice(1)).replace(/\/$/, "");
  const resource = `arn:aws:s3:::${path}`;
  if (request.method === "PUT") return { action: "s3:PutObject", resource };
  if (request.method === "POST") {
    const [, key = ""] = /<Key>([^<]*)<\/Key>/.exec(body.toString("utf8")) ?? [];
    return { action: "s3:DeleteObject", resource: `${resource}/${key}` };
  }
  return { action: path.includes("/") ? "s3:GetObject" : "s3:ListBucket", resource };
}

const typeByStatus: Record<number, string> = {
  400: "ValidationException",
  401: "UnauthorizedException",
  402: "ServiceQuotaExceededException",
  403: "AccessDeniedException",
  404: "ResourceNotFoundException",
  409: "ConflictException",
  424: "RuntimeClientError",
  429: "ThrottlingException",
  500: "InternalServerException",
  503: "ServiceUnavailable",
};

/** It quotes what it was sent, as vendors do. */
function failWith(arrived: Arrived, fault: StandInFault): void {
  if (fault === "timeout") return;
  if (fault === "stalled") return void arrived.response.writeHead(200, { "content-type": "application/json" }).write('{"half":');
  if (fault === "reset") return void arrived.request.socket.destroy();
  if (fault === "garbage")
    return void arrived.response.writeHead(200, { "content-type": "application/json" }).end("<html>no</html>");
  const quoted = `${arrived.request.headers.authorization} ${arrived.body.toString("utf8").slice(0, 20_000)}`;
  refuse(arrived, { status: fault, type: typeByStatus[fault] ?? "Unknown", message: `Value '${quoted}' failed` });
}

function refuse(
  { request, response, service }: Arrived,
  { status, type, message }: { status: number; type: string; message: string },
): void {
  if (service === "s3") {
    const xml = `<?xml version="1.0"?><Error><Code>${type}</Code><Message>${message.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</Message></Error>`;
    return void response
      .writeHead(status, { "content-type": "application/xml" })
      .end(request.method === "HEAD" ? undefined : xml);
  }
  response.writeHead(status, { "content-type": "application/json", "x-amzn-errortype": type }).end(JSON.stringify({ message }));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
