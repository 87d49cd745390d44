// The words of the audit log, shared with the browser.
import { z } from "zod";
import { actorKinds } from "~/db/tables/audit-entries";
import { Moment, PageQuery } from "~/server/zod-shapes";

export const AuditItem = z.object({
  auditId: z.string(),
  /** In the chain of the workspace; null for a moment when an older release wrote the entry. */
  position: z.number().nullable(),
  actorKind: z.enum(actorKinds),
  actorId: z.string().nullable(),
  /** A name a person recognises, when the actor is a member or a key of this workspace. */
  actorName: z.string().nullable(),
  action: z.string(),
  targetKind: z.string().nullable(),
  targetId: z.string().nullable(),
  traceId: z.string().nullable(),
  ipAddress: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  createdAt: Moment,
});
export type AuditItem = z.infer<typeof AuditItem>;

/** A day's or a moment's beginning. Years that PostgreSQL could not compare are refused. */
const Bound = z.coerce
  .date()
  .min(new Date("1970-01-01T00:00:00Z"))
  .max(new Date("9999-12-31T00:00:00Z"))
  .meta({ override: { type: "string", format: "date-time" } });

export const AuditFilterQuery = z.object({
  /** Only entries with exactly this trace id. */
  traceId: z.string().max(40).optional(),
  /** Only actions that begin with this, for example `deployment.`. */
  action: z.string().max(60).optional(),
  /** Only what this person or key did: the id. */
  actorId: z.string().max(40).optional(),
  targetId: z.string().max(40).optional(),
  /** At this moment or later. */
  from: Bound.optional(),
  /** Before this moment. */
  to: Bound.optional(),
});
export type AuditFilterQuery = z.infer<typeof AuditFilterQuery>;

export const ListAuditInput = PageQuery.extend(AuditFilterQuery.shape);
export type ListAuditInput = z.infer<typeof ListAuditInput>;

export const exportFormats = ["json", "csv"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** What `GET /v1/audit/export` is asked with. A link carries no header, so the workspace may stand in the query. */
export const ExportAuditQuery = AuditFilterQuery.extend({
  format: z.enum(exportFormats).default("json"),
  workspaceId: z.string().max(40).optional(),
  /** `platform`: the operator's own log. */
  chain: z.literal("platform").optional(),
});
export type ExportAuditQuery = z.infer<typeof ExportAuditQuery>;

/** Where a chain stands, and who signs it. */
export const ChainState = z.object({
  /** How many entries; the position of the newest. */
  entries: z.number(),
  /** Of the newest link, in hexadecimal. */
  hash: z.string().nullable(),
  checkpoint: z.object({ position: z.number(), signedAt: Moment, keyId: z.string() }).nullable(),
  /** Ed25519: the public key in hexadecimal, and its fingerprint. */
  key: z.object({ keyId: z.string(), publicKey: z.string() }),
});
export type ChainState = z.infer<typeof ChainState>;

export const chainFaultKinds = [
  /** A row of the log or of the chain was deleted. */
  "missing",
  /** The entry is not what its hash was taken of. */
  "edited",
  /** The link does not follow from the one before. */
  "broken_link",
  /** All follows, but a signature says that it once was another chain. */
  "rewritten",
  "forged_checkpoint",
  /** The newest entries are gone. */
  "truncated",
  /** In the log, and not in the chain. */
  "unlinked",
] as const;

export const ChainFault = z.object({
  kind: z.enum(chainFaultKinds),
  position: z.number(),
  entryId: z.string().nullable(),
  message: z.string(),
});
export type ChainFault = z.infer<typeof ChainFault>;

export const VerifyChainInput = z.object({
  /** Go on behind this position, which an earlier call reached. */
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
});
export type VerifyChainInput = z.infer<typeof VerifyChainInput>;

/** The operator's: any chain, by the workspace's id, or `platform`. */
export const VerifyAnyChainInput = VerifyChainInput.extend({ chain: z.string().max(40) });

export const ChainVerdict = z.object({
  /** `partial`: sound so far, and there is more behind `checkedTo`. */
  state: z.enum(["intact", "broken", "partial"]),
  entries: z.number(),
  checkedAfter: z.number(),
  /** The last position that is as it was written. */
  checkedTo: z.number(),
  /** Signatures that hold. */
  checkpoints: z.number(),
  /** The first that is not as it was written. */
  fault: ChainFault.nullable(),
  checkedAt: Moment,
  tookMs: z.number(),
});
export type ChainVerdict = z.infer<typeof ChainVerdict>;
