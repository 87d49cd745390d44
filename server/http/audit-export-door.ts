// `GET /v1/audit/export`: the audit log as a file, sent while it is read. A link of the page and a program knock at the same door.
import type { FastifyInstance, FastifyRequest } from "fastify";
import { ExportAuditQuery } from "~/server/audit/audit.contract";
import { type AuditExport, exportAudit, exportPlatformAudit } from "~/server/audit/export-audit";
import { mintWorkspaceScope } from "~/server/auth/mint-scope";
import type { Principal } from "~/server/auth/principal";
import { AppError, notFound } from "~/server/errors";
import { firstLine, inputIssues } from "~/server/input-issues";
import { isStorable } from "~/server/storable-text";
import type { Door } from "./door";
import { createRequestContext, factsOf } from "./request-context";
import { sendFile } from "./send-file";

export function mountAuditExport(app: FastifyInstance, door: Door): void {
  app.get("/v1/audit/export", async (request, reply) => {
    const context = createRequestContext(door, request);
    const principal = await context.principal();
    if (!principal) throw new AppError("UNAUTHENTICATED", "Sign in, or send an API key as Authorization: Bearer.");
    const { workspaceId, open } = await chooseExport(door, request, principal);
    if (context.cookies.length > 0) reply.header("set-cookie", context.cookies);
    return sendFile(door, reply, { principal, workspaceId }, open);
  });
}

type Chosen = { workspaceId: string | null; open: () => Promise<AuditExport> };

async function chooseExport(door: Door, request: FastifyRequest, principal: Principal): Promise<Chosen> {
  const { services } = door;
  const { format, workspaceId, chain, ...filter } = queryOf(request.query);
  const facts = factsOf(request);
  if (chain) {
    if (principal.kind !== "user" || !principal.isSuperAdmin) throw notFound("audit log");
    const by = { actorKind: "user", actorId: principal.userId, traceId: facts.traceId, ipAddress: facts.ipAddress } as const;
    return { workspaceId: null, open: () => exportPlatformAudit(services, by, { format, filter }) };
  }
  const wish = { ...facts, workspaceId: workspaceId ?? facts.workspaceId };
  const scope = await mintWorkspaceScope(services, principal, { action: "audit.export", ...wish });
  return { workspaceId: scope.workspaceId, open: () => exportAudit(services, scope, { format, filter }) };
}

function queryOf(query: unknown): ExportAuditQuery {
  const parsed = ExportAuditQuery.safeParse(query);
  if (parsed.success && isStorable(query)) return parsed.data;
  const issues = parsed.success ? [] : inputIssues(parsed.error);
  throw new AppError("INVALID_REQUEST", firstLine(issues, "The query is not valid."), { details: { issues } });
}
