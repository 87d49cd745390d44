// The OpenAPI 3.1 document of `/v1`: generated from the routers, plus the doors that are not procedures.
import { generateOpenApiDocument, type OpenAPIObject } from "trpc-to-openapi";
import { appRouter } from "~/server/router";
import { answeredAnew } from "~/server/trpc/kept-answers";
import { ErrorAnswer, handWrittenPaths } from "./openapi-paths";
import { statusByProcedure } from "./status-by-procedure";

const errorContent = { "application/json": { schema: { $ref: "#/components/schemas/Error" } } };

const documents = new Map<string, OpenAPIObject>();

/** Made once per origin: it is the same for everybody. */
export function openApiDocument(origin: string): OpenAPIObject {
  const existing = documents.get(origin);
  if (existing) return existing;
  const document = generateOpenApiDocument(appRouter, {
    title: "webhost.systems",
    description:
      "Agents, deployments, secrets, usage and audit, as the routers offer them. Errors are always " +
      '`{"error":{"code","message","details","retryable"},"traceId"}`; every answer carries `x-trace-id`.',
    version: "1",
    openApiVersion: "3.1.0",
    baseUrl: `${origin}/v1`,
    securitySchemes: {
      apiKey: { type: "http", scheme: "bearer", description: "An API key of a workspace." },
      session: { type: "apiKey", in: "cookie", name: "whs_session", description: "A browser's session, from our own origin." },
    },
    paths: handWrittenPaths,
    defs: { Error: ErrorAnswer },
  });
  for (const path of Object.values(document.paths ?? {})) describeAnswers(path as PathItem);
  documents.set(origin, document);
  return document;
}

type Operation = { operationId?: string; parameters?: unknown[]; responses?: Record<string, unknown> };
type PathItem = Record<string, Operation>;

/** The generator knows neither our envelope nor which procedures answer with another status than 200. */
function describeAnswers(path: PathItem): void {
  for (const operation of Object.values(path)) {
    const { 200: success, 201: created, 202: accepted } = operation.responses ?? {};
    const procedure = operation.operationId?.replaceAll("-", ".") ?? "";
    const status = statusByProcedure[procedure] ?? 200;
    if (takesIdempotencyKey(procedure)) operation.parameters = [...(operation.parameters ?? []), idempotencyKeyHeader];
    const answers = {
      ...(success ? { [status]: success } : {}),
      ...(created ? { 201: created } : {}),
      ...(accepted ? { 202: accepted } : {}),
    };
    operation.responses = { ...answers, default: { description: "The error envelope.", content: errorContent } };
  }
}

const idempotencyKeyHeader = {
  in: "header",
  name: "Idempotency-Key",
  required: false,
  description: "Repeated within a day with the same body, the request is answered as the first time and nothing is done again.",
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

function takesIdempotencyKey(procedure: string): boolean {
  if (procedure === "uploads.create") return true;
  const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
  return procedures[procedure]?._def.type === "mutation" && !answeredAnew.has(procedure);
}
