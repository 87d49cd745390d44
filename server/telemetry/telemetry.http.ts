// The doors of runtimes: signed raw bodies, cookies ignored, answered only once what they hold is durable.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { telemetryHeaders } from "~/runtime/contract/telemetry";
import { AppError } from "~/server/errors";
import { instruments } from "~/server/observability/instruments";
import { subjectOfAddress } from "~/server/rate-limit/subject-of-address";
import { HeldBodies, type HeldBody } from "./held-bodies";
import { type ReportEnvelope, receiveBatch, receiveReport } from "./receive-report";
import type { TelemetryIngest } from "./telemetry-ingest";

const reportBytesMax = 64 * 1024;
const batchBytesMax = 1024 * 1024;

declare module "fastify" {
  interface FastifyRequest {
    heldReport: HeldBody | null;
  }
}

/** `pastMs`: how old an event may be that comes through this door. */
export function mountTelemetry(app: FastifyInstance, ingest: TelemetryIngest, options: { pastMs: number }): void {
  void app.register(async (scope) => {
    const bodies = new HeldBodies();
    scope.decorateRequest("heldReport", null);
    scope.addHook("onRequest", (request, reply, done) => done(holdBody(bodies, ingest, request, reply)));
    scope.removeAllContentTypeParsers();
    // The signature covers the bytes as they came, whatever the header calls them.
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    scope.post("/v1/telemetry/report", { bodyLimit: reportBytesMax }, async (request, reply) => {
      const { duplicate } = await receiveReport(ingest, envelopeOf(request, options.pastMs));
      request.heldReport?.noteProven();
      instruments().telemetryEvents.add(1, { outcome: duplicate ? "duplicate" : "accepted" });
      return reply.code(202).send({ accepted: true, duplicate, traceId: request.id });
    });
    scope.post("/v1/telemetry/batch", { bodyLimit: batchBytesMax }, async (request, reply) => {
      const results = await receiveBatch(ingest, envelopeOf(request, options.pastMs));
      request.heldReport?.noteProven();
      const accepted = results.filter((result) => result.accepted).length;
      const duplicates = results.filter((result) => result.duplicate).length;
      const { telemetryEvents } = instruments();
      telemetryEvents.add(accepted - duplicates, { outcome: "accepted" });
      telemetryEvents.add(duplicates, { outcome: "duplicate" });
      return reply.code(202).send({ accepted, duplicates, rejected: results.length - accepted, results, traceId: request.id });
    });
  });
}

/** Answers why not, before a byte of the body is read: back-pressure must cost less than what it spares. */
function holdBody(bodies: HeldBodies, { writer }: TelemetryIngest, request: FastifyRequest, reply: FastifyReply) {
  const declared = Number(request.headers["content-length"]);
  const most = request.routeOptions.bodyLimit ?? batchBytesMax;
  const sender = request.ip ? subjectOfAddress(request.ip) : null;
  const held = writer.isFull ? null : bodies.hold(sender, Math.min(Number.isFinite(declared) ? declared : most, most));
  if (!held) {
    const message = "More telemetry arrives than can be written just now. Send it again in a moment.";
    return new AppError("RATE_LIMITED", message, { details: { overloaded: true, retryAfterSeconds: 1 } });
  }
  request.heldReport = held;
  reply.raw.once("close", held.release);
  return undefined;
}

function envelopeOf(request: FastifyRequest, pastMs: number): ReportEnvelope {
  return {
    deploymentId: singleOf(request.headers[telemetryHeaders.deploymentId]),
    signature: singleOf(request.headers[telemetryHeaders.signature]),
    raw: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    pastMs,
    traceId: request.id,
    ipAddress: request.ip ?? null,
  };
}

function singleOf(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}
