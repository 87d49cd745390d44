// The one table that decides what a role, a grant or a key preset may do (MISSION A5, A6, E4).
import { type ApiKeyPreset, apiKeyPresets } from "~/db/tables/api-keys";
import type { GrantArea } from "~/db/tables/member-grants";
import type { Role } from "~/db/tables/memberships";

/** Every act that is asked for, with what it means to a person: the roles page and the documents show these words. */
export const actionMeanings = {
  "workspace.read": "See the workspace: its name, its plan",
  "workspace.configure": "Rename the workspace",
  "workspace.leave": "Leave the workspace",
  "workspace.transfer": "Make somebody else the owner",
  "workspace.delete": "Delete the workspace",
  "member.read": "See who is in the workspace, and as what",
  "member.manage": "Invite people, change their role, remove them",
  "grant.manage": "Grant or withhold an area or a connected system, per member",
  "agent.read": "See agents and their state",
  "agent.configure": "Make, change, enable and disable agents",
  "agent.limit": "Set how often an agent may be called, and how many calls of it run at once",
  "agent.delete": "Delete agents",
  "agent.invoke": "Call agents",
  "conversation.read": "Look back on sessions and on what was said in them",
  "conversation.keep": "Keep what is said to an agent, and delete what was kept",
  "deployment.read": "See versions, manifests and what agents print",
  "deployment.create": "Upload, deploy, activate, roll back",
  "bundle.read": "Read the code of bundles, and how its lines changed",
  "secret.read": "See which secrets are set; their values nobody sees",
  "secret.write": "Set and unset secrets",
  "api_key.read": "See API keys; the keys themselves nobody sees again",
  "api_key.manage": "Make and revoke API keys",
  "usage.read": "See calls, usage, metrics and estimated cost",
  "audit.read": "Read the audit log",
  "audit.export": "Take the audit log along",
  "integration.read": "See connected systems and channels",
  "integration.configure": "Connect, test and switch systems and channels",
  "billing.read": "See plan, invoices and budgets",
  "billing.configure": "Change plan, payment and budgets",
} as const;

export type Action = keyof typeof actionMeanings;
export const actions = Object.keys(actionMeanings) as readonly Action[];

const everybody: Action[] = ["workspace.read", "workspace.leave", "member.read", "agent.read", "usage.read"];
const viewer: Action[] = [...everybody, "deployment.read"];
const support: Action[] = [...everybody, "agent.invoke", "conversation.read"];
const member: Action[] = [
  ...viewer,
  ...support,
  "agent.configure",
  "deployment.create",
  "bundle.read",
  "secret.read",
  "secret.write",
  "api_key.read",
  "integration.read",
];
const admin: Action[] = [
  ...member,
  "agent.limit",
  "agent.delete",
  "conversation.keep",
  "workspace.configure",
  "member.manage",
  "grant.manage",
  "api_key.manage",
  "audit.read",
  "audit.export",
  "integration.configure",
  "billing.read",
  "billing.configure",
];

const byRole: Record<Role, ReadonlySet<Action>> = {
  owner: new Set(actions),
  admin: new Set(admin),
  member: new Set(member),
  support: new Set(support),
  viewer: new Set(viewer),
};

/** What granting an area allows, and withholding it forbids. Looking stays as the role says when an area is withheld. */
const byArea: Record<GrantArea, { allows: readonly Action[]; forbids: readonly Action[] }> = {
  integrations: { allows: ["integration.read", "integration.configure"], forbids: ["integration.configure"] },
  billing: { allows: ["billing.read", "billing.configure"], forbids: ["billing.configure"] },
  agent_behaviour: {
    allows: ["agent.configure", "deployment.read", "deployment.create", "bundle.read", "secret.read", "secret.write"],
    forbids: ["agent.configure", "agent.limit", "agent.delete", "conversation.keep", "deployment.create", "secret.write"],
  },
};

/** Support reads conversations, never configuration or secrets: no grant changes that. An owner's rights cannot be cut. */
const grantableAreas: Record<Role, readonly GrantArea[]> = {
  owner: [],
  admin: ["integrations", "billing", "agent_behaviour"],
  member: ["integrations", "billing", "agent_behaviour"],
  support: ["billing"],
  viewer: ["integrations", "billing", "agent_behaviour"],
};

/** Keys never make keys or members, never decide who may do what, never hand the workspace over, never spend. */
const neverByKey: readonly Action[] = [
  "workspace.leave",
  "api_key.manage",
  "member.manage",
  "grant.manage",
  "workspace.transfer",
  "workspace.delete",
  "billing.configure",
];

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
  read: new Set<Action>([
    "workspace.read",
    "agent.read",
    "conversation.read",
    "deployment.read",
    "usage.read",
    "secret.read",
    "integration.read",
  ]),
  all: new Set(actions.filter((action) => !neverByKey.includes(action))),
};

/** Area → granted (true) or withheld (false); an area that is absent is as the role says. */
export type MemberGrants = { readonly [Area in GrantArea]?: boolean };

export type RoleGrant = { readonly kind: "role"; readonly role: Role; readonly areas: MemberGrants };
export type PresetGrant = { readonly kind: "preset"; readonly preset: ApiKeyPreset };
/** What a caller was given in a workspace: a person a role with their own grants, a key a preset. */
export type Grant = RoleGrant | PresetGrant;

/** The one answer to "may they?". */
export function grantMay(grant: Grant, action: Action): boolean {
  return grant.kind === "preset" ? presetMay(grant.preset, action) : roleMay(grant.role, action, grant.areas);
}

/** Whether a member with this role, and these grants beside it, may do this. */
export function roleMay(role: Role, action: Action, areas: MemberGrants = {}): boolean {
  const judged = grantableAreas[role].filter((area) => areas[area] !== undefined);
  if (judged.some((area) => areas[area] === false && byArea[area].forbids.includes(action))) return false;
  return byRole[role].has(action) || judged.some((area) => areas[area] === true && byArea[area].allows.includes(action));
}

/** Whether a key with this preset may do this. */
export function presetMay(preset: ApiKeyPreset, action: Action): boolean {
  return byPreset[preset].has(action);
}

/** Whether somebody with this grant may do all that a key with this preset may: what is withheld from them no key gives back. */
export function holdsPreset(grant: Grant, preset: ApiKeyPreset): boolean {
  return actions.every((action) => !presetMay(preset, action) || grantMay(grant, action));
}

/** Whether this area can be granted to, or withheld from, somebody with this role. */
export function isGrantable(role: Role, area: GrantArea): boolean {
  return grantableAreas[role].includes(area);
}

/** Whether somebody with this grant may give this role, or act upon somebody who has it: nobody gives what they do not hold. */
export function holdsAllOf(grant: Grant, role: Role, areas: MemberGrants = {}): boolean {
  return actions.every((action) => !roleMay(role, action, areas) || grantMay(grant, action));
}

/** Whether granting the area gives this action to a role that does not have it. */
export function areaAllows(area: GrantArea, action: Action): boolean {
  return byArea[area].allows.includes(action);
}

/** Whether somebody with this grant holds all that the area gives. */
export function holdsArea(grant: Grant, area: GrantArea): boolean {
  return byArea[area].allows.every((action) => grantMay(grant, action));
}

/** What concerns single agents. A key that is limited to some may do nothing else: the rest would show it the others. */
const ofOneAgent: readonly Action[] = [
  "workspace.read",
  "agent.read",
  "agent.configure",
  "agent.limit",
  "agent.delete",
  "agent.invoke",
  "conversation.read",
  "conversation.keep",
  "deployment.read",
  "deployment.create",
  "bundle.read",
  "secret.read",
  "secret.write",
  "usage.read",
];

/** Whether a key that names its agents may do this, if its preset allows it. */
export function isOfOneAgent(action: Action): boolean {
  return ofOneAgent.includes(action);
}

/** The presets that may do less than this one, and nothing that it may not. */
export function presetsWithin(preset: ApiKeyPreset): ApiKeyPreset[] {
  const [all, others] = [byPreset[preset], apiKeyPresets.filter((other) => other !== preset)];
  return others.filter((other) => [...byPreset[other]].every((action) => all.has(action)));
}
