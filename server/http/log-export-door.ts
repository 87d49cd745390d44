// `GET /v1/agents/{agentId}/logs/export`: what an agent printed as a file. A link of the page and a program knock at the same door.
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { mintWorkspaceScope } from "~/server/auth/mint-scope";
import { AppError } from "~/server/errors";
import { subjectOf } from "~/server/incidents/access-subject";
import { openAccessOf } from "~/server/incidents/open-access";
import { firstLine, inputIssues } from "~/server/input-issues";
import { exportLogs } from "~/server/logs/export-logs";
import { ExportLogsQuery } from "~/server/logs/logs.contract";
import { Slots } from "~/server/rate-limit/slots";
import { isStorable } from "~/server/storable-text";
import type { Door } from "./door";
import { createRequestContext, factsOf } from "./request-context";

/** Each holds some megabytes for as long as its reader takes. */
const exportsMax = 4;
const exportsUnderWay = new Slots(
  (max) => `This workspace already takes ${max} logs along at once. Wait until one of them is whole.`,
);

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
    const leave = exportsUnderWay.take(scope.workspaceId, exportsMax);
    const { fileName, contentType, pieces } = await exportLogs(door.services, scope, { agentId, ...asked }).catch(
      (thrown: unknown) => {
        leave();
        throw thrown;
      },
    );
    const file = Readable.from(pieces, { objectMode: false });
    // A slow reader takes hours: they may have lost the right to it by then.
    const subject = subjectOf("watch", principal, scope.workspaceId);
    const release = openAccessOf(door.services).register(subject, (why) => file.destroy(why));
    file.once("close", () => {
      release();
      leave();
    });
    if (context.cookies.length > 0) reply.header("set-cookie", context.cookies);
    return reply
      .type(contentType)
      .header("content-disposition", `attachment; filename="${fileName.replaceAll(/[^\w.-]/g, "_")}"`)
      .header("cache-control", "no-store")
      .send(file);
  });
}

function queryOf({ query }: Pick<FastifyRequest, "query">): ExportLogsQuery {
  const parsed = ExportLogsQuery.safeParse(query);
  if (parsed.success && isStorable(query)) return parsed.data;
  const issues = parsed.success ? [] : inputIssues(parsed.error);
  throw new AppError("INVALID_REQUEST", firstLine(issues, "The query is not valid."), { details: { issues } });
}
