// The audit log to take along: the whole chain as JSON that can be verified elsewhere, or the entries asked for as CSV.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { invalidField } from "~/server/errors";
import { limitRate, type RateRule } from "~/server/rate-limit/limit-rate";
import type { Services } from "~/server/services";
import type { AuditFilterQuery, ExportFormat } from "./audit.contract";
import { filterOf } from "./audit-filter";
import { exportChain } from "./export-chain";
import { exportEntries } from "./export-entries";
import { platformChain, recordAudit, recordPlatformAudit, type UnscopedAuditAct } from "./record-audit";
import { signChain } from "./sign-chain";

const perChain: RateRule = { name: "audit_export", points: 20, windowSeconds: 600 };

type Needs = Pick<Services, "db" | "across" | "config" | "log" | "clock" | "redis">;

export type AuditExport = {
  fileName: string;
  contentType: string;
  /** Read it as fast as it is wanted: pages are fetched on demand. */
  pieces: AsyncGenerator<string>;
};

export type ExportAsk = { format: ExportFormat; filter: AuditFilterQuery };

/** Taking the log along is an act of its own: it is recorded, so that it stands in the export, and the chain is signed up to it. */
export async function exportAudit(needs: Needs, scope: WorkspaceScope, ask: ExportAsk): Promise<AuditExport> {
  await admit(needs, scope.workspaceId, ask);
  const act = { action: "audit.export", metadata: factsOf(ask) };
  await inWorkspace(needs.db, scope, (tx) => recordAudit(tx, scope, act));
  return answer(needs, { chain: scope.workspaceId, scope, ask });
}

/** The log of acts that belong to no workspace, for the operator. */
export async function exportPlatformAudit(
  needs: Needs,
  by: Pick<UnscopedAuditAct, "actorKind" | "actorId" | "traceId" | "ipAddress">,
  ask: ExportAsk,
): Promise<AuditExport> {
  await admit(needs, platformChain, ask);
  await recordPlatformAudit(needs.across, { ...by, action: "audit.export", metadata: factsOf(ask) });
  return answer(needs, { chain: platformChain, scope: null, ask });
}

async function admit(needs: Needs, chain: string, { format, filter }: ExportAsk): Promise<void> {
  const filtered = Object.entries(filter).find(([, value]) => value !== undefined)?.[0];
  if (format === "json" && filtered !== undefined) {
    throw invalidField(filtered, "The JSON export holds the whole chain, else it could not be verified. Filter the CSV export.");
  }
  await limitRate(needs, [{ rule: perChain, subject: chain }]);
}

function factsOf({ format, filter }: ExportAsk): Record<string, unknown> {
  return { format, ...filter };
}

type Answering = { chain: string; scope: WorkspaceScope | null; ask: ExportAsk };

async function answer(needs: Needs, { chain, scope, ask }: Answering): Promise<AuditExport> {
  const fileName = `audit-${chain}-${needs.clock.now().toISOString().slice(0, 10)}.${ask.format}`;
  if (ask.format === "csv") {
    return { fileName, contentType: "text/csv; charset=utf-8", pieces: exportEntries(needs, scope, filterOf(ask.filter)) };
  }
  await signChain(needs, chain);
  return { fileName, contentType: "application/json; charset=utf-8", pieces: exportChain(needs, chain) };
}
