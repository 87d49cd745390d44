// `GET /v1/agents/{agentId}/logs/export`: what an agent printed as a file. A link of the page and a program knock at the same door.
import type { FastifyInstance, FastifyRequest } from "fastify";
import { mintWorkspaceScope } from "~/server/auth/mint-scope";
import { AppError } from "~/server/errors";
import { firstLine, inputIssues } from "~/server/input-issues";
import { exportLogs } from "~/server/logs/export-logs";
import { ExportLogsQuery } from "~/server/logs/logs.contract";
import { isStorable } from "~/server/storable-text";
import type { Door } from "./door";
import { createRequestContext, factsOf } from "./request-context";
import { sendFile } from "./send-file";

export function mountLogExport(app: FastifyInstance, door: Door): void {
  app.get<{ Params: { agentId: string } }>("/v1/agents/:agentId/logs/export", async (request, reply) => {
    const context = createRequestContext(door, request);
    const principal = await context.principal();
    if (!principal) throw new AppError("UNAUTHENTICATED", "Sign in, or send an API key as Authorization: Bearer.");
    const facts = factsOf(request);
    const { workspaceId, ...asked } = queryOf(request);
    const wish = { ...facts, workspaceId: workspaceId ?? facts.workspaceId };
    const scope = await mintWorkspaceScope(door.services, principal, { action: "deployment.read", ...wish });
    const agentId = request.params.agentId.slice(0, 40);
    if (context.cookies.length > 0) reply.header("set-cookie", context.cookies);
    const reader = { principal, workspaceId: scope.workspaceId };
    return sendFile(door, reply, reader, () => exportLogs(door.services, scope, { agentId, ...asked }));
  });
}

function queryOf({ query }: Pick<FastifyRequest, "query">): ExportLogsQuery {
  const parsed = ExportLogsQuery.safeParse(query);
  if (parsed.success && isStorable(query)) return parsed.data;
  const issues = parsed.success ? [] : inputIssues(parsed.error);
  throw new AppError("INVALID_REQUEST", firstLine(issues, "The query is not valid."), { details: { issues } });
}
