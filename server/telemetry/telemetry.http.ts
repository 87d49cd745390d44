// The doors of runtimes: signed raw bodies, cookies ignored, answered only once what they hold is durable.
import type { FastifyInstance, FastifyRequest } from "fastify";
import { telemetryHeaders } from "~/runtime/contract/telemetry";
import { type ReportEnvelope, receiveBatch, receiveReport } from "./receive-report";
import type { TelemetryIngest } from "./telemetry-ingest";

const reportBytesMax = 64 * 1024;
const batchBytesMax = 1024 * 1024;

/** `pastMs`: how old an event may be that comes through this door. */
export function mountTelemetry(app: FastifyInstance, ingest: TelemetryIngest, options: { pastMs: number }): void {
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // The signature covers the bytes as they came, whatever the header calls them.
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    scope.post("/v1/telemetry/report", { bodyLimit: reportBytesMax }, async (request, reply) => {
      const { duplicate } = await receiveReport(ingest, envelopeOf(request, options.pastMs));
      return reply.code(202).send({ accepted: true, duplicate, traceId: request.id });
    });
    scope.post("/v1/telemetry/batch", { bodyLimit: batchBytesMax }, async (request, reply) => {
      const results = await receiveBatch(ingest, envelopeOf(request, options.pastMs));
      const accepted = results.filter((result) => result.accepted).length;
      const duplicates = results.filter((result) => result.duplicate).length;
      return reply.code(202).send({ accepted, duplicates, rejected: results.length - accepted, results, traceId: request.id });
    });
  });
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
