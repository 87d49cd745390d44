// The doors of `/v1` that are not procedures, as the OpenAPI document describes them.
import { z } from "zod";
import type { ZodOpenApiPathsObject } from "zod-openapi";
import { InvokeRequest, InvokeUsage } from "~/runtime/contract/invoke";
import { TelemetryBatch, TelemetryEvent } from "~/runtime/contract/telemetry";
import { ExportAuditQuery } from "~/server/audit/audit.contract";
import { UploadItem } from "~/server/bundles/bundles.contract";
import { errorTable } from "~/server/errors";
import { ExportUsageQuery } from "~/server/telemetry/usage.contract";

/** The envelope of every refusal (CONTRACTS "Errors"). */
export const ErrorAnswer = z.object({
  error: z.object({
    code: z.enum(Object.keys(errorTable) as [string, ...string[]]),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
    retryable: z.boolean(),
  }),
  traceId: z.string(),
});

const InvokeAnswer = z.object({
  output: z.object({ text: z.string() }),
  sessionId: z.string(),
  usage: InvokeUsage,
  traceId: z.string(),
});

const TelemetryAnswer = z.object({ accepted: z.literal(true), duplicate: z.boolean(), traceId: z.string() });
const WebhookAnswer = z.object({ received: z.literal(true), duplicate: z.boolean(), traceId: z.string() });
const TelemetryBatchAnswer = z.object({
  accepted: z.number(),
  duplicates: z.number(),
  rejected: z.number(),
  results: z.array(
    z.object({
      eventId: z.string().nullable(),
      accepted: z.boolean(),
      duplicate: z.boolean(),
      error: z.object({ code: z.string(), message: z.string() }).optional(),
    }),
  ),
  traceId: z.string(),
});

const json = (schema: z.ZodType) => ({ "application/json": { schema } });
const forCallers = [{ apiKey: [] }, { session: [] }];
const ofAgent = { path: z.object({ agentId: z.string() }) };
const signed = {
  header: z.object({ "X-Telemetry-Deployment-Id": z.string(), "X-Telemetry-Signature": z.string() }),
};

export const handWrittenPaths: ZodOpenApiPathsObject = {
  "/uploads": {
    post: {
      operationId: "uploads-create",
      summary: "Upload a bundle: the zip as the body",
      security: forCallers,
      requestBody: { content: { "application/zip": { schema: { type: "string", format: "binary" } } } },
      responses: { 201: { description: "Checked and kept.", content: json(UploadItem) } },
    },
  },
  "/audit/export": {
    get: {
      operationId: "audit-export",
      summary: "Take the audit log along: the whole chain as JSON that can be verified, or chosen entries as CSV",
      security: forCallers,
      requestParams: { query: ExportAuditQuery },
      responses: {
        200: {
          description: "The file, sent while it is read.",
          content: { "application/json": { schema: { type: "object" } }, "text/csv": { schema: { type: "string" } } },
        },
      },
    },
  },
  "/usage/export": {
    get: {
      operationId: "usage-export",
      summary: "Take usage along as CSV: one line for each deployment and minute, hour or day",
      security: forCallers,
      requestParams: { query: ExportUsageQuery },
      responses: { 200: { description: "The file.", content: { "text/csv": { schema: { type: "string" } } } } },
    },
  },
  "/invoke/{agentId}": {
    post: {
      operationId: "invoke",
      summary: "Call an agent and wait for its whole answer",
      security: forCallers,
      requestParams: ofAgent,
      requestBody: { content: json(InvokeRequest) },
      responses: { 200: { description: "The answer.", content: json(InvokeAnswer) } },
    },
  },
  "/invoke/{agentId}/stream": {
    post: {
      operationId: "invoke-stream",
      summary: "Call an agent and read its answer as it comes: meta, delta…, usage, done; or error as the last event",
      security: forCallers,
      requestParams: ofAgent,
      requestBody: { content: json(InvokeRequest) },
      responses: {
        200: { description: "Server-sent events.", content: { "text/event-stream": { schema: { type: "string" } } } },
      },
    },
  },
  "/billing/webhook": {
    post: {
      operationId: "billing-webhook",
      summary: "Stripe's events; signed by Stripe over the raw body, cookies and keys are ignored",
      description:
        "2xx means durable: the event is stored, once, and settled soon after by asking Stripe how things are. A copy answers 200 with " +
        "`duplicate: true`; a type that concerns nothing here is stored and left alone. `INVALID_REQUEST` (400): signed, but no event. " +
        "`UNAUTHENTICATED` (401): the signature is missing, older or newer than 300 s, or by no active secret; or billing is off. " +
        "`PAYLOAD_TOO_LARGE` (413): over 512 KiB. `RATE_LIMITED` (429) and 5xx: not stored; Stripe delivers again.",
      security: [],
      requestParams: {
        header: z.object({ "Stripe-Signature": z.string().describe("`t=<unix seconds>,v1=<hex HMAC-SHA256(t.body)>`") }),
      },
      requestBody: { content: { "application/json": { schema: { type: "object", description: "An event of Stripe's." } } } },
      responses: { 200: { description: "Durable.", content: json(WebhookAnswer) } },
    },
  },
  "/telemetry/report": {
    post: {
      operationId: "telemetry-report",
      summary: "Report one call; signed by the runtime",
      requestParams: signed,
      requestBody: { content: json(TelemetryEvent) },
      responses: { 202: { description: "Durable.", content: json(TelemetryAnswer) } },
    },
  },
  "/telemetry/batch": {
    post: {
      operationId: "telemetry-batch",
      summary: "Report up to 500 calls under one signature",
      requestParams: signed,
      requestBody: { content: json(TelemetryBatch) },
      responses: {
        202: { description: "Durable, with an answer per event.", content: json(TelemetryBatchAnswer) },
      },
    },
  },
};
