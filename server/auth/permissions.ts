// The one table that decides what a role or a key preset may do (MISSION A5, E4).
import type { ApiKeyPreset } from "~/db/tables/api-keys";
import type { Role } from "~/db/tables/memberships";

export const actions = [
  "workspace.read",
  "workspace.configure",
  "member.read",
  "member.manage",
  "agent.read",
  "agent.configure",
  "agent.delete",
  "agent.invoke",
  "deployment.read",
  "deployment.create",
  "secret.read",
  "secret.write",
  "api_key.read",
  "api_key.manage",
  "usage.read",
  "audit.read",
] as const;
export type Action = (typeof actions)[number];

const viewer: Action[] = ["workspace.read", "member.read", "agent.read", "deployment.read", "usage.read"];
const support: Action[] = ["workspace.read", "member.read", "agent.read", "agent.invoke", "usage.read"];
const member: Action[] = [
  ...viewer,
  "agent.invoke",
  "agent.configure",
  "deployment.create",
  "secret.read",
  "secret.write",
  "api_key.read",
];
const admin: Action[] = [...member, "agent.delete", "member.manage", "api_key.manage", "audit.read", "workspace.configure"];

const byRole: Record<Role, ReadonlySet<Action>> = {
  owner: new Set(actions),
  admin: new Set(admin),
  member: new Set(member),
  support: new Set(support),
  viewer: new Set(viewer),
};

const byPreset: Record<ApiKeyPreset, ReadonlySet<Action>> = {
  invoke: new Set<Action>(["agent.read", "agent.invoke"]),
  deploy: new Set<Action>([
    "agent.read",
    "agent.configure",
    "agent.invoke",
    "deployment.read",
    "deployment.create",
    "secret.read",
    "secret.write",
    "usage.read",
  ]),
  read: new Set<Action>(["workspace.read", "agent.read", "deployment.read", "usage.read", "secret.read"]),
  all: new Set(actions.filter((action) => !["api_key.manage", "member.manage"].includes(action))),
};

/** Whether a member with this role may do this. */
export function roleMay(role: Role, action: Action): boolean {
  return byRole[role].has(action);
}

/** Whether a key with this preset may do this. Keys never make keys or members. */
export function presetMay(preset: ApiKeyPreset, action: Action): boolean {
  return byPreset[preset].has(action);
}
