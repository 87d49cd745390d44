// The words of the operator's console, shared with the browser. Never a secret, a conversation or a prompt.
import { z } from "zod";
import { apiKeyPresets } from "~/db/tables/api-keys";
import { deploymentStatuses } from "~/db/tables/deployments";
import { roles } from "~/db/tables/memberships";
import { tiers } from "~/db/tables/workspaces";
import { SessionItem } from "~/server/accounts/accounts.contract";
import { AuditItem } from "~/server/audit/audit.contract";
import { Moment, PageQuery } from "~/server/zod-shapes";
import { acts } from "./acts.contract";

export const FindInput = PageQuery.extend({
  /** A part of the name or the address, or a whole id. Empty: the newest. */
  search: z.string().trim().max(254).default(""),
  /** Only what is disabled. */
  isDisabled: z.boolean().default(false),
});
export type FindInput = z.infer<typeof FindInput>;

export const FoundUser = z.object({
  userId: z.string(),
  email: z.string(),
  displayName: z.string(),
  isSuperAdmin: z.boolean(),
  isVerified: z.boolean(),
  disabledAt: Moment.nullable(),
  createdAt: Moment,
});
export type FoundUser = z.infer<typeof FoundUser>;

export const FoundWorkspace = z.object({
  workspaceId: z.string(),
  name: z.string(),
  tier: z.enum(tiers),
  disabledAt: Moment.nullable(),
  createdAt: Moment,
});
export type FoundWorkspace = z.infer<typeof FoundWorkspace>;

export const AdminKey = z.object({
  keyId: z.string(),
  workspaceId: z.string(),
  workspaceName: z.string(),
  name: z.string(),
  preset: z.enum(apiKeyPresets),
  prefix: z.string(),
  createdAt: Moment,
  lastUsedAt: Moment.nullable(),
  expiresAt: Moment.nullable(),
  revokedAt: Moment.nullable(),
});
export type AdminKey = z.infer<typeof AdminKey>;

/** `method`: what let the person in, as the session keeps it. */
export const AdminSession = SessionItem.pick({
  sessionId: true,
  device: true,
  ipAddress: true,
  createdAt: true,
  lastUsedAt: true,
});
export type AdminSession = z.infer<typeof AdminSession>;

export const AdminUser = FoundUser.extend({
  disabledReason: z.string().nullable(),
  /** `password`, the names of providers, `passkey`, `authenticator app`. */
  signInWays: z.array(z.string()),
  workspaces: z.array(
    z.object({ workspaceId: z.string(), name: z.string(), role: z.enum(roles), disabledAt: Moment.nullable() }),
  ),
  sessions: z.array(AdminSession),
  keys: z.array(AdminKey),
});
export type AdminUser = z.infer<typeof AdminUser>;

export const AdminDeployment = z.object({
  deploymentId: z.string(),
  agentName: z.string(),
  version: z.number(),
  status: z.enum(deploymentStatuses),
  cancelRequested: z.boolean(),
  createdAt: Moment,
});

export const AdminWorkspace = FoundWorkspace.extend({
  disabledReason: z.string().nullable(),
  members: z.array(
    z.object({
      userId: z.string(),
      displayName: z.string(),
      email: z.string(),
      role: z.enum(roles),
      disabledAt: Moment.nullable(),
    }),
  ),
  agents: z.array(z.object({ agentId: z.string(), name: z.string(), isLive: z.boolean(), disabledAt: Moment.nullable() })),
  unfinished: z.array(AdminDeployment),
  keys: z.array(AdminKey),
});
export type AdminWorkspace = z.infer<typeof AdminWorkspace>;

export const ActInput = z.object({
  act: z.enum(acts),
  /** The id of the person, workspace or key; `everybody` for `end_every_session`. */
  targetId: z.string().max(40),
});
export type ActInput = z.infer<typeof ActInput>;

export const PerformInput = ActInput.extend({
  /** Read by the tenant too, in its own audit log. */
  reason: z
    .string()
    .trim()
    .min(3, "Say why in a few words: the people concerned read it.")
    .max(300, "Use at most 300 characters."),
  /** The target's name, for the acts that ask for it. */
  confirmation: z.string().max(100).default(""),
});
export type PerformInput = z.infer<typeof PerformInput>;

/** What an act would meet now. A count that nobody could be asked for is null. */
export const Foresight = z.object({
  act: z.enum(acts),
  targetId: z.string(),
  /** As it has to be typed where the act asks for it. */
  name: z.string(),
  isDisabled: z.boolean(),
  openStreams: z.number().nullable(),
  openPages: z.number().nullable(),
  queued: z.number(),
  running: z.number(),
  liveKeys: z.number(),
  sessions: z.number(),
  people: z.number(),
  agents: z.number(),
});
export type Foresight = z.infer<typeof Foresight>;

/** What the act did, in numbers. */
export const Performed = z.object({ sessionsEnded: z.number(), keysRevoked: z.number(), deploymentsRung: z.number() });
export type Performed = z.infer<typeof Performed>;

export const ListAdminAuditInput = PageQuery.extend({
  /** Absent: the platform's own log. */
  workspaceId: z.string().max(40).optional(),
  /** Only acts upon this, or by this. */
  about: z.string().max(40).optional(),
});
export type ListAdminAuditInput = z.infer<typeof ListAdminAuditInput>;
export const AdminAuditItem = AuditItem.omit({ position: true });
export type AdminAuditItem = z.infer<typeof AdminAuditItem>;

export const Overview = z.object({
  users: z.number(),
  workspaces: z.number(),
  disabledUsers: z.number(),
  disabledWorkspaces: z.number(),
  sessions: z.number(),
  deployments: z.object({
    queued: z.number(),
    running: z.number(),
    /** Of those, the ones that wait for a disabled account. */
    heldBack: z.number(),
    /** Running without a sign of life: the sweep takes them up. */
    silent: z.number(),
    oldestQueuedAt: Moment.nullable(),
  }),
  purges: z.number(),
  parts: z.array(z.object({ name: z.string(), status: z.enum(["up", "down", "unconfigured"]), detail: z.string() })),
  sweeps: z.array(z.object({ name: z.string(), finishedAt: Moment, tookMs: z.number(), failure: z.string().nullable() })),
});
export type Overview = z.infer<typeof Overview>;

/** What sweeps wrote down: the newest runs first, and sums of the last `days`. */
export const SweepReports = z.object({
  days: z.number(),
  telemetry: z.array(
    z.object({
      id: z.number(),
      retentionClass: z.string(),
      keepFrom: z.string(),
      finishedAt: Moment,
      tookMs: z.number(),
      partitionsDropped: z.number(),
      bytesFreed: z.number(),
      partitionsAhead: z.number(),
      isComplete: z.boolean(),
    }),
  ),
  recounts: z.array(
    z.object({
      id: z.number(),
      countedFrom: Moment,
      countedTo: Moment,
      finishedAt: Moment,
      tookMs: z.number(),
      sumsChecked: z.number(),
      sumsRepaired: z.number(),
      eventsDrift: z.number(),
      callsDrift: z.number(),
    }),
  ),
  budgetRecounts: z.array(
    z.object({
      id: z.number(),
      finishedAt: Moment,
      tookMs: z.number(),
      periodsChecked: z.number(),
      periodsMended: z.number(),
      requestsDrift: z.number(),
      computeMsDrift: z.number(),
      tokensDrift: z.number(),
    }),
  ),
  /** Calls whose gateway died, made up from what runtimes reported. */
  recovered: z.object({ calls: z.number(), workspaces: z.number() }),
  /** Calls that gateways let through, and what runtimes reported of them. */
  reports: z.object({ expected: z.number(), received: z.number() }),
  strays: z.object({ open: z.number(), destroyed: z.number(), placedAgain: z.number(), gone: z.number() }),
});
export type SweepReports = z.infer<typeof SweepReports>;

export const UserIdInput = z.object({ userId: z.string().max(40) });
export const WorkspaceIdInput = z.object({ workspaceId: z.string().max(40) });
