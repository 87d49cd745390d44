// The OpenAPI 3.1 document of `/v1`: generated from the routers, plus the doors that are not procedures.
import { generateOpenApiDocument, type OpenAPIObject } from "trpc-to-openapi";
import { appRouter } from "~/server/router";
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

type Operation = { operationId?: string; responses?: Record<string, unknown> };
type PathItem = Record<string, Operation>;

/** The generator knows neither our envelope nor which procedures answer with another status than 200. */
function describeAnswers(path: PathItem): void {
  for (const operation of Object.values(path)) {
    const { 200: success, 201: created, 202: accepted } = operation.responses ?? {};
    const status = statusByProcedure[operation.operationId?.replaceAll("-", ".") ?? ""] ?? 200;
    const answers = {
      ...(success ? { [status]: success } : {}),
      ...(created ? { 201: created } : {}),
      ...(accepted ? { 202: accepted } : {}),
    };
    operation.responses = { ...answers, default: { description: "The error envelope.", content: errorContent } };
  }
}
