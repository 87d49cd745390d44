// Calls of agents: through an endpoint to the version it serves, in the machine of their session, byte for byte and as it comes.
import type { IncomingMessage, ServerResponse } from "node:http";
import * as model from "@aws-sdk/client-bedrock-agentcore";
import type { Agent } from "undici";
import { findInputFault } from "./check-input";
import type { ControlPlane, Runtime, Version } from "./control-plane";
import type { SessionMachines } from "./session-machines";
import { VendorError } from "./vendor-error";

export type DataRequest = { request: IncomingMessage; response: ServerResponse; url: URL; body: Buffer; arn: string };
type Needs = { plane: ControlPlane; machines: SessionMachines; agents: Agent };

const sessionHeader = "x-amzn-bedrock-agentcore-runtime-session-id";
const payloadBytesMax = 100_000_000;

export async function invokeRuntime(needs: Needs, { request, response, url, body, arn }: DataRequest): Promise<void> {
  const session = sessionOf(request);
  const { "content-type": contentType, accept } = request.headers;
  const said = { ...(contentType ? { contentType } : {}), ...(accept ? { accept } : {}), ...queryOf(url) };
  assertOfModel("InvokeAgentRuntime", { ...said, agentRuntimeArn: arn, runtimeSessionId: session, payload: body });
  if (body.length > payloadBytesMax) throw new VendorError("ValidationException", "the payload is too large");
  const endpoint = url.searchParams.get("qualifier") ?? "DEFAULT";
  const { runtime, version } = served(needs.plane, arn, endpoint);
  const group = `/aws/bedrock-agentcore/runtimes/${runtime.id}-${endpoint}`;
  const { port, release } = await needs.machines.enter(`${runtime.id} ${version.number} ${session}`, version, group);
  const leaving = new AbortController();
  response.once("close", () => leaving.abort());
  try {
    const headers = {
      "content-type": String(request.headers["content-type"]),
      accept: String(request.headers.accept),
      [sessionHeader]: session,
    };
    const asked = {
      path: "/invocations",
      method: "POST" as const,
      headers,
      body,
      signal: leaving.signal,
      origin: `http://127.0.0.1:${port}`,
    };
    const answer = await needs.agents.request(asked).catch(() => {
      throw new VendorError("RuntimeClientError", "the process closed the connection");
    });
    if (answer.statusCode >= 400) throw new VendorError("RuntimeClientError", `the process answered ${answer.statusCode}`);
    response.writeHead(200, { "content-type": String(answer.headers["content-type"]), [sessionHeader]: session });
    for await (const chunk of answer.body) response.write(chunk);
    response.end();
  } finally {
    release();
  }
}

export async function stopSession(needs: Needs, { request, response, url, body, arn }: DataRequest): Promise<void> {
  const session = sessionOf(request);
  const said = JSON.parse(body.toString("utf8")) as object;
  assertOfModel("StopRuntimeSession", { ...said, ...queryOf(url), agentRuntimeArn: arn, runtimeSessionId: session });
  const { runtime } = served(needs.plane, arn, url.searchParams.get("qualifier") ?? "DEFAULT");
  const stopped = [...runtime.versions.keys()].filter((number) => needs.machines.stop(`${runtime.id} ${number} ${session}`));
  if (stopped.length === 0) throw new VendorError("ResourceNotFoundException", "no such session");
  response.writeHead(200, { "content-type": "application/json", [sessionHeader]: session }).end("{}");
}

function queryOf(url: URL): Record<string, string> {
  return Object.fromEntries(url.searchParams);
}

function assertOfModel(operation: string, input: object): void {
  const fault = findInputFault(operation, input, model);
  if (fault) throw new VendorError("ValidationException", fault);
}

function sessionOf(request: IncomingMessage): string {
  const session = String(request.headers[sessionHeader] ?? "");
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_-]{32,255}$/.test(session))
    throw new VendorError("ValidationException", "the session id has 33 to 256 characters");
  return session;
}

function served(plane: ControlPlane, arn: string, qualifier: string): { runtime: Runtime; version: Version } {
  const runtime = [...plane.runtimes.values()].find((candidate) => candidate.arn === arn && candidate.status !== "DELETING");
  const endpoint = runtime?.endpoints.get(qualifier);
  const version = endpoint && endpoint.live !== null ? runtime?.versions.get(endpoint.live) : undefined;
  if (!runtime || !version || endpoint?.status === "DELETING")
    throw new VendorError("ResourceNotFoundException", `nothing serves ${qualifier}`);
  return { runtime, version };
}
