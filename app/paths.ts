// Every address of the people's door, as a function.
const segment = encodeURIComponent;

function query(values: Record<string, string | undefined>): string {
  const present = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return present.length === 0 ? "" : `?${new URLSearchParams(present)}`;
}

const workspace = (workspaceId: string) => `/w/${segment(workspaceId)}`;
const agent = (at: AgentPlace) => `${workspace(at.workspaceId)}/agents/${segment(at.agentId)}`;

export type AgentPlace = { workspaceId: string; agentId: string };

export const paths = {
  home: () => "/",
  signUp: () => "/sign-up",
  signIn: (to?: string) => `/sign-in${query({ to })}`,
  signOut: () => "/sign-out",
  verify: (token?: string) => `/verify${query({ token })}`,
  verifySent: (email?: string) => `/verify/sent${query({ email })}`,
  reset: () => "/reset",
  resetNew: (token: string) => `/reset/new${query({ token })}`,
  outbox: () => "/outbox",
  account: () => "/account",
  theme: () => "/theme",

  workspace,
  agents: (workspaceId: string) => `${workspace(workspaceId)}/agents`,
  agentNew: (workspaceId: string, uploadId?: string) => `${workspace(workspaceId)}/agents/new${query({ upload: uploadId })}`,
  usage: (workspaceId: string) => `${workspace(workspaceId)}/usage`,
  keys: (workspaceId: string) => `${workspace(workspaceId)}/keys`,
  members: (workspaceId: string) => `${workspace(workspaceId)}/members`,
  audit: (workspaceId: string, filter: { trace?: string; action?: string; target?: string } = {}) =>
    `${workspace(workspaceId)}/audit${query(filter)}`,
  workspaceSettings: (workspaceId: string) => `${workspace(workspaceId)}/settings`,
  /** Answers the command palette with the workspace's agents. */
  paletteAgents: (workspaceId: string) => `${workspace(workspaceId)}/palette`,

  agent,
  deployments: (at: AgentPlace) => `${agent(at)}/deployments`,
  deploymentNew: (at: AgentPlace, uploadId?: string) => `${agent(at)}/deployments/new${query({ upload: uploadId })}`,
  deployment: (at: AgentPlace, deploymentId: string) => `${agent(at)}/deployments/${segment(deploymentId)}`,
  metrics: (at: AgentPlace) => `${agent(at)}/metrics`,
  logs: (at: AgentPlace, trace?: string) => `${agent(at)}/logs${query({ trace })}`,
  secrets: (at: AgentPlace) => `${agent(at)}/secrets`,
  agentSettings: (at: AgentPlace) => `${agent(at)}/settings`,

  /** The machines' doors that screens knock at. */
  uploadDoor: () => "/v1/uploads",
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
