// One signed body from a runtime, a single event or a batch: proven, parsed, checked against its owner chain, written, answered.
import type { ZodError } from "zod";
import { TelemetryBatch, TelemetryEvent } from "~/runtime/contract/telemetry";
import { useCredential } from "~/server/credentials/use-credential";
import { AppError, type ErrorCode, toAppError } from "~/server/errors";
import { idOf } from "~/server/ids";
import { firstLine, inputIssues } from "~/server/input-issues";
import { countingGenerations } from "./counting-generations";
import { type DerivedKeys, rootKeyOfReport } from "./report-signature";
import type { EventRow } from "./telemetry.queries";
import type { TelemetryIngest, TelemetrySource } from "./telemetry-ingest";
import { assertInWindow } from "./telemetry-window";

export type ReportEnvelope = {
  deploymentId: string | undefined;
  signature: string | undefined;
  raw: Buffer;
  /** How old an event may be. */
  pastMs: number;
  traceId: string;
  ipAddress: string | null;
};

export type EventAnswer = {
  eventId: string | null;
  accepted: boolean;
  duplicate: boolean;
  error?: { code: ErrorCode; message: string };
};

const DeploymentId = idOf("deployment");
const strictText = new TextDecoder("utf-8", { fatal: true });

/** Resolves once the event is durable. Throws what CONTRACTS "Telemetry" says; every refusal is audited. */
export async function receiveReport(ingest: TelemetryIngest, envelope: ReportEnvelope): Promise<{ duplicate: boolean }> {
  const source = await proveSource(ingest, envelope);
  const row = await audited(ingest, envelope, source, () => toRow(ingest, source, parseJson(envelope.raw), envelope.pastMs));
  const [isNew] = await ingest.writer.write([row]);
  return { duplicate: isNew !== true };
}

/** The same under one signature, with an answer per event: a bad one does not sink the others. */
export async function receiveBatch(ingest: TelemetryIngest, envelope: ReportEnvelope): Promise<EventAnswer[]> {
  const source = await proveSource(ingest, envelope);
  const events = await audited(ingest, envelope, source, () => parseBatch(parseJson(envelope.raw)));
  const judged = await Promise.all(
    events.map(async (event) => {
      try {
        return await audited(ingest, envelope, source, () => toRow(ingest, source, event, envelope.pastMs));
      } catch (thrown) {
        return toAppError(thrown);
      }
    }),
  );
  const rows = judged.filter((one): one is EventRow => !(one instanceof AppError));
  const verdicts = await ingest.writer.write(rows);
  const isNew = new Map(rows.map((row, place) => [row, verdicts[place]]));
  return judged.map((one, place) => {
    if (one instanceof AppError) return refusalOf(events[place], one);
    return { eventId: one.eventId, accepted: true, duplicate: isNew.get(one) !== true };
  });
}

/** An unknown deployment and a bad signature get one answer. */
async function proveSource(ingest: TelemetryIngest, envelope: ReportEnvelope): Promise<TelemetrySource> {
  const deploymentId = DeploymentId.safeParse(envelope.deploymentId);
  const source = deploymentId.success ? await ingest.sources.get(deploymentId.data) : null;
  const report = { deploymentId: deploymentId.data ?? "", signature: envelope.signature, raw: envelope.raw };
  const { config, clock } = ingest.needs;
  const rootKeys = [config.telemetryRootKey, ...config.telemetryFormerRootKeys];
  const generations = source ? countingGenerations(source, clock.now()) : [];
  const derived: DerivedKeys = source?.derivedKeys ?? new Map();
  const rootKey = rootKeyOfReport({ rootKeys, generations, derived }, report);
  if (source && rootKey !== null) {
    if (!source.usedRootKeys.has(rootKey)) useCredential(ingest.needs, "TELEMETRY_ROOT_KEY", rootKey);
    source.usedRootKeys.add(rootKey);
    return source;
  }
  await ingest.rejections.note({ source, reason: "bad_signature", traceId: envelope.traceId, ipAddress: envelope.ipAddress });
  throw new AppError("UNAUTHENTICATED", "This report is not signed with the key of its deployment.");
}

async function audited<T>(
  ingest: TelemetryIngest,
  envelope: ReportEnvelope,
  source: TelemetrySource,
  judge: () => T,
): Promise<T> {
  try {
    return judge();
  } catch (thrown) {
    const reason = toAppError(thrown).details.reason ?? "invalid";
    await ingest.rejections.note({ source, reason, traceId: envelope.traceId, ipAddress: envelope.ipAddress });
    throw thrown;
  }
}

function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(strictText.decode(raw));
  } catch (cause) {
    throw new AppError("INVALID_REQUEST", "The body is not JSON in UTF-8.", { details: { reason: "malformed" }, cause });
  }
}

function parseBatch(body: unknown): unknown[] {
  const batch = TelemetryBatch.safeParse(body);
  if (batch.success) return batch.data.events;
  throw malformed(batch.error);
}

/** The owner chain is checked before the times, so that a foreign event learns nothing about ours. */
function toRow(ingest: TelemetryIngest, source: TelemetrySource, body: unknown, pastMs: number): EventRow {
  const parsed = TelemetryEvent.safeParse(body);
  if (!parsed.success) throw malformed(parsed.error);
  const event = parsed.data;
  const isOwn =
    event.deploymentId === source.id &&
    event.agentId === source.agentId &&
    event.userId === source.ownerUserId &&
    event.runtimeProvider === source.runtime;
  if (!isOwn) {
    throw new AppError("UNAUTHORIZED", "The event names another owner, agent, deployment or runtime than its signature.", {
      details: { reason: "wrong_owner_chain" },
    });
  }
  const occurredAt = new Date(event.timestamp);
  assertInWindow(occurredAt, { now: ingest.needs.clock.now(), pastMs });
  return rowOf(source, event, occurredAt);
}

/** Named one by one: what an event may hold besides is left behind here. */
function rowOf(source: TelemetrySource, event: TelemetryEvent, occurredAt: Date): EventRow {
  return {
    retentionClass: source.retentionClass,
    occurredAt: occurredAt.toISOString(),
    deploymentId: source.id,
    eventId: event.eventId,
    workspaceId: source.workspaceId,
    agentId: source.agentId,
    userId: source.ownerUserId,
    runtimeProvider: source.runtime,
    requests: event.requests,
    llmTokens: event.llmTokens,
    computeMs: event.computeMs,
    toolCalls: event.toolCalls,
    errors: event.errors,
    errorClass: event.errorClass,
    costUsdEstimated: event.costUsdEstimated,
    traceId: event.traceId,
  };
}

function malformed(error: ZodError): AppError {
  const issues = inputIssues(error);
  return new AppError("INVALID_REQUEST", firstLine(issues, "The event is not valid."), {
    details: { issues, reason: "malformed" },
  });
}

function refusalOf(body: unknown, error: AppError): EventAnswer {
  const named = typeof body === "object" && body !== null && "eventId" in body ? body.eventId : null;
  const eventId = typeof named === "string" ? named.slice(0, 40) : null;
  return { eventId, accepted: false, duplicate: false, error: { code: error.code, message: error.message } };
}
