// Every address of the people's door, as a function.
const segment = encodeURIComponent;

function query(values: Record<string, string | undefined>): string {
  const present = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return present.length === 0 ? "" : `?${new URLSearchParams(present)}`;
}

const workspace = (workspaceId: string) => `/w/${segment(workspaceId)}`;
const agent = (at: AgentPlace) => `${workspace(at.workspaceId)}/agents/${segment(at.agentId)}`;

export type AgentPlace = { workspaceId: string; agentId: string };

/** What the audit page may be narrowed by. */
export type AuditPlace = { [Name in "action" | "actor" | "target" | "trace" | "from" | "to"]?: string };

/** What the errors of an agent may be narrowed by: a class, and how many hours back. */
export type ErrorsPlace = { class?: string; hours?: string };

export const paths = {
  home: () => "/",
  signUp: (email?: string) => `/sign-up${query({ email })}`,
  signIn: (to?: string) => `/sign-in${query({ to })}`,
  secondFactor: (to?: string) => `/sign-in/code${query({ to })}`,
  providerSignIn: (provider: string, to?: string) => `/sign-in/with/${segment(provider)}${query({ to })}`,
  connections: () => "/account/connections",
  signOut: () => "/sign-out",
  verify: (token?: string) => `/verify${query({ token })}`,
  verifySent: (email?: string) => `/verify/sent${query({ email })}`,
  reset: () => "/reset",
  resetNew: (token: string) => `/reset/new${query({ token })}`,
  invitation: (token: string) => `/invitation${query({ token })}`,
  outbox: () => "/outbox",
  account: () => "/account",
  accountSignIn: () => "/account/sign-in",
  accountSessions: () => "/account/sessions",
  confirm: (to?: string) => `/confirm${query({ to })}`,
  theme: () => "/theme",
  admin: () => "/admin",
  adminKeys: () => "/admin/keys",
  adminRuntimes: () => "/admin/runtimes",
  adminSweeps: () => "/admin/sweeps",
  adminUsers: (find: { search?: string; only?: "disabled" } = {}) => `/admin/users${query(find)}`,
  adminUser: (userId: string) => `/admin/users/${segment(userId)}`,
  adminWorkspaces: (find: { search?: string; only?: "disabled" } = {}) => `/admin/workspaces${query(find)}`,
  adminWorkspace: (workspaceId: string) => `/admin/workspaces/${segment(workspaceId)}`,
  adminPlan: (workspaceId: string) => `/admin/workspaces/${segment(workspaceId)}/plan`,
  adminAudit: (filter: { workspace?: string; about?: string } = {}) => `/admin/audit${query(filter)}`,
  /** Where an act is spelled out before it is done. */
  adminAct: (act: string, targetId: string) => `/admin/acts/${segment(act)}/${segment(targetId)}`,

  workspace,
  agents: (workspaceId: string) => `${workspace(workspaceId)}/agents`,
  agentNew: (workspaceId: string, uploadId?: string) => `${workspace(workspaceId)}/agents/new${query({ upload: uploadId })}`,
  usage: (workspaceId: string) => `${workspace(workspaceId)}/usage`,
  keys: (workspaceId: string) => `${workspace(workspaceId)}/keys`,
  workspaceNew: () => "/workspaces/new",
  keySigning: (workspaceId: string, keyId: string) => `${workspace(workspaceId)}/keys/${segment(keyId)}/signing`,
  keyReroll: (workspaceId: string, keyId: string) => `${workspace(workspaceId)}/keys/${segment(keyId)}/reroll`,
  members: (workspaceId: string) => `${workspace(workspaceId)}/members`,
  member: (workspaceId: string, userId: string) => `${workspace(workspaceId)}/members/${segment(userId)}`,
  memberRoles: (workspaceId: string) => `${workspace(workspaceId)}/members/roles`,
  memberSystems: (workspaceId: string) => `${workspace(workspaceId)}/members/systems`,
  billing: (workspaceId: string) => `${workspace(workspaceId)}/billing`,
  invoices: (workspaceId: string) => `${workspace(workspaceId)}/billing/invoices`,
  invoice: (workspaceId: string, recordId: string, paper: "page" | "pdf") =>
    `${workspace(workspaceId)}/billing/invoices/${segment(recordId)}?paper=${paper}`,
  audit: (workspaceId: string, filter: AuditPlace = {}) => `${workspace(workspaceId)}/audit${query(filter)}`,
  runtimes: (workspaceId: string) => `${workspace(workspaceId)}/runtimes`,
  workspaceSettings: (workspaceId: string) => `${workspace(workspaceId)}/settings`,
  alerts: (workspaceId: string) => `${workspace(workspaceId)}/settings/alerts`,
  /** `add`: the kind of endpoint whose form is open. */
  webhooks: (workspaceId: string, add?: "slack") => `${workspace(workspaceId)}/settings/webhooks${query({ add })}`,
  webhook: (workspaceId: string, webhookId: string) => `${workspace(workspaceId)}/settings/webhooks/${segment(webhookId)}`,
  /** Answers the command palette with the workspace's agents. */
  paletteAgents: (workspaceId: string) => `${workspace(workspaceId)}/palette`,

  agent,
  deployments: (at: AgentPlace) => `${agent(at)}/deployments`,
  deploymentNew: (at: AgentPlace, uploadId?: string) => `${agent(at)}/deployments/new${query({ upload: uploadId })}`,
  deployment: (at: AgentPlace, deploymentId: string) => `${agent(at)}/deployments/${segment(deploymentId)}`,
  /** Opens with the question whether it shall go live. */
  deploymentActivate: (at: AgentPlace, deploymentId: string) => `${agent(at)}/deployments/${segment(deploymentId)}?ask=activate`,
  deploymentChanges: (at: AgentPlace, deploymentId: string, against?: string) =>
    `${agent(at)}/deployments/${segment(deploymentId)}/changes${query({ against })}`,
  deploymentCode: (at: AgentPlace, deploymentId: string, file?: string) =>
    `${agent(at)}/deployments/${segment(deploymentId)}/code${query({ file })}`,
  /** The playground, talking to one version that need not be live. */
  playground: (at: AgentPlace, deploymentId?: string) => `${agent(at)}${query({ version: deploymentId })}`,
  metrics: (at: AgentPlace) => `${agent(at)}/metrics`,
  logs: (at: AgentPlace, trace?: string, session?: string) => `${agent(at)}/logs${query({ trace, session })}`,
  errors: (at: AgentPlace, filter: ErrorsPlace = {}) => `${agent(at)}/errors${query(filter)}`,
  sessions: (at: AgentPlace) => `${agent(at)}/sessions`,
  session: (at: AgentPlace, sessionId: string) => `${agent(at)}/sessions/${segment(sessionId)}`,
  /** All that is known of one trace id. */
  trace: (at: AgentPlace, trace: string) => `${agent(at)}/trace${query({ id: trace })}`,
  secrets: (at: AgentPlace, secret?: string) => `${agent(at)}/secrets${query({ secret })}`,
  variables: (at: AgentPlace, variable?: string) => `${agent(at)}/variables${query({ variable })}`,
  /** What runs with older secrets than those set now, in the whole workspace. */
  staleSecrets: (workspaceId: string) => `${workspace(workspaceId)}/secrets`,
  /** Spells out what moving to another runtime changes, and does it. */
  agentMove: (at: AgentPlace, to: string) => `${agent(at)}/move${query({ to })}`,
  agentSettings: (at: AgentPlace) => `${agent(at)}/settings`,

  /** The machines' doors that screens knock at. */
  uploadDoor: () => "/v1/uploads",
  logsExport: (at: AgentPlace, asked: Record<string, string | undefined>) =>
    `/v1/agents/${segment(at.agentId)}/logs/export${query({ workspaceId: at.workspaceId, ...asked })}`,
  auditExport: (workspaceId: string, asked: Record<string, string | undefined>) =>
    `/v1/audit/export${query({ workspaceId, ...asked })}`,
  usageExport: (workspaceId: string, asked: Record<string, string | undefined>) =>
    `/v1/usage/export${query({ workspaceId, ...asked })}`,
  invokeDoor: (agentId: string) => `/v1/invoke/${segment(agentId)}`,
  streamDoor: (agentId: string) => `/v1/invoke/${segment(agentId)}/stream`,
};

/** A place inside this site, or the fallback: what a link says must never lead away from here. */
export function ownPlace(to: string | null, fallback: string): string {
  if (!to?.startsWith("/") || to.includes("\\") || !URL.canParse(to, "http://here")) return fallback;
  const { origin, pathname, search, hash } = new URL(to, "http://here");
  // Judged as it is given out: "/.//host" is a path of ours to read, and "//host" once its dots are resolved.
  return origin === "http://here" && !pathname.startsWith("//") ? `${pathname}${search}${hash}` : fallback;
}
