// `GET /v1/usage/export`: usage as a CSV file, one line for each deployment and step. A link of the page and a program knock at the same door.
import type { FastifyInstance, FastifyRequest } from "fastify";
import { mintWorkspaceScope } from "~/server/auth/mint-scope";
import { AppError } from "~/server/errors";
import { firstLine, inputIssues } from "~/server/input-issues";
import { isStorable } from "~/server/storable-text";
import { exportUsage } from "~/server/telemetry/export-usage";
import { ExportUsageQuery } from "~/server/telemetry/usage.contract";
import type { Door } from "./door";
import { createRequestContext, factsOf } from "./request-context";
import { sendFile } from "./send-file";

export function mountUsageExport(app: FastifyInstance, door: Door): void {
  app.get("/v1/usage/export", async (request, reply) => {
    const context = createRequestContext(door, request);
    const principal = await context.principal();
    if (!principal) throw new AppError("UNAUTHENTICATED", "Sign in, or send an API key as Authorization: Bearer.");
    const { workspaceId, ...asked } = queryOf(request);
    const facts = factsOf(request);
    const wish = { ...facts, workspaceId: workspaceId ?? facts.workspaceId };
    const scope = await mintWorkspaceScope(door.services, principal, { action: "usage.read", ...wish });
    if (context.cookies.length > 0) reply.header("set-cookie", context.cookies);
    const reader = { principal, workspaceId: scope.workspaceId };
    return sendFile(door, reply, reader, async () => {
      return { contentType: "text/csv; charset=utf-8", ...(await exportUsage(door.services, scope, asked)) };
    });
  });
}

function queryOf({ query }: FastifyRequest): ExportUsageQuery {
  const parsed = ExportUsageQuery.safeParse(query);
  if (parsed.success && isStorable(query)) return parsed.data;
  const issues = parsed.success ? [] : inputIssues(parsed.error);
  throw new AppError("INVALID_REQUEST", firstLine(issues, "The query is not valid."), { details: { issues } });
}
