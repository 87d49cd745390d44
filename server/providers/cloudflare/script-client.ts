// Signed requests to scripts at their public addresses, over kept-alive connections; what is no answer of ours comes back as an error.
import { createHash } from "node:crypto";
import { Agent, type Dispatcher } from "undici";
import { callHeaders, signedText } from "~/runtime/contract/signed-call";
import { AppError } from "~/server/errors";
import type { CloudflareNeeds, Patience } from "./cloudflare-needs";
import { deriveScriptKey, hmacHex } from "./derive-script-key";
import { explainAnswer, notPlaced, refusesUs, unreachable } from "./script-error";

export type ScriptRoute = {
  scriptName: string;
  host: string;
  /** What stands in front of the script wants to see. */
  headers(rootKey: Buffer, timestamp: string): Record<string, string>;
};

export type ScriptRequest = { method: "GET" | "POST"; path: string; body?: unknown; signal: AbortSignal };

type ScriptAnswer = { contentType: string; body: Dispatcher.ResponseData["body"] };

export interface ScriptClient {
  /** Answers as soon as the script begins to. Rejects with `NOT_FOUND` when nothing is placed there, else with `RUNTIME_ERROR`. */
  open(route: ScriptRoute, request: ScriptRequest): Promise<ScriptAnswer>;
  /** The parsed answer. */
  read(route: ScriptRoute, request: ScriptRequest): Promise<unknown>;
}

const keepAliveMs = 30_000;
const errorBytesMax = 16_384;
const jsonBytesMax = 16 * 1024 * 1024;

export function createScriptClient(needs: Pick<CloudflareNeeds, "config" | "rootKeys"> & { patience: Patience }): ScriptClient {
  const agent = new Agent({ connections: null, pipelining: 1, keepAliveTimeout: keepAliveMs, bodyTimeout: 0, allowH2: false });

  /** A key that was derived from a former root key still opens what was placed under it. */
  async function open(route: ScriptRoute, request: ScriptRequest): Promise<ScriptAnswer> {
    for (const rootKey of needs.rootKeys) {
      const answer = await exchange(agent, { needs, route, request, rootKey });
      if (answer.statusCode === 401) {
        await answer.body.dump();
        continue;
      }
      if (answer.statusCode === 404) {
        await answer.body.dump();
        throw notPlaced();
      }
      if (answer.statusCode !== 200) throw explainAnswer(answer.statusCode, await textOf(answer.body, errorBytesMax));
      return { contentType: String(answer.headers["content-type"] ?? ""), body: answer.body };
    }
    throw refusesUs();
  }

  return {
    open,
    async read(route, request) {
      const { body } = await open(route, request);
      const text = await textOf(body, jsonBytesMax);
      try {
        return JSON.parse(text);
      } catch (thrown) {
        throw unreachable(thrown);
      }
    },
  };
}

type Exchange = {
  needs: { config: CloudflareNeeds["config"]; patience: Patience };
  route: ScriptRoute;
  request: ScriptRequest;
  rootKey: Buffer;
};

async function exchange(agent: Agent, { needs, route, request, rootKey }: Exchange): Promise<Dispatcher.ResponseData> {
  const body = request.body === undefined ? "" : JSON.stringify(request.body);
  const origin = needs.config.agents?.origin ?? `https://${route.host}`;
  const timestamp = String(Date.now());
  try {
    return await agent.request({
      origin,
      method: request.method,
      path: request.path,
      headers: {
        host: route.host,
        ...(body === "" ? {} : { "content-type": "application/json" }),
        ...signatureOf(route.scriptName, { ...request, timestamp }, body, rootKey),
        ...route.headers(rootKey, timestamp),
      },
      body: body === "" ? null : body,
      headersTimeout: needs.patience.answerMs,
      signal: request.signal,
    });
  } catch (thrown) {
    request.signal.throwIfAborted();
    if (thrown instanceof AppError) throw thrown;
    throw unreachable(thrown);
  }
}

type Signed = Pick<ScriptRequest, "method" | "path"> & { timestamp: string };

function signatureOf(scriptName: string, signed: Signed, body: string, rootKey: Buffer): Record<string, string> {
  const { method, path, timestamp } = signed;
  const digest = createHash("sha256").update(body).digest("hex");
  const signature = hmacHex(deriveScriptKey(rootKey, scriptName), signedText({ timestamp, method, path, digest }));
  return {
    [callHeaders.timestamp]: timestamp,
    [callHeaders.digest]: digest,
    [callHeaders.signature]: `v1=${signature}`,
  };
}

async function textOf(body: Dispatcher.ResponseData["body"], bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bytesMax) break;
      chunks.push(chunk);
    }
  } catch (thrown) {
    throw unreachable(thrown);
  }
  return Buffer.concat(chunks).toString("utf8");
}
