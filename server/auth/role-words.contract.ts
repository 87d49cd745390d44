// The words of roles and of what may be granted beside them, shared with the browser and the documents (MISSION A5, A6).
import type { GrantArea } from "~/db/tables/member-grants";
import type { Role } from "~/db/tables/memberships";

export type RoleWords = {
  title: string;
  summary: string;
  /** What sister products call the same role (documents 001 and 002). */
  presetOf: string | null;
};

export const roleWords: Record<Role, RoleWords> = {
  owner: {
    title: "Owner",
    summary: "Everything, and the only one who hands the workspace over or deletes it.",
    presetOf: null,
  },
  admin: {
    title: "Admin",
    summary: "Runs the workspace: members, keys, grants, integrations, billing and the audit log.",
    presetOf: "Workspace Admin",
  },
  member: {
    title: "Member",
    summary: "Builds: makes agents, deploys them, sets their secrets, talks to them.",
    presetOf: "User",
  },
  support: {
    title: "Support",
    summary: "Helps the people who talk to agents: reads conversations and calls agents. Sees no configuration and no secrets.",
    presetOf: "Support Agent",
  },
  viewer: { title: "Viewer", summary: "Looks at agents, deployments and usage, and changes nothing.", presetOf: null },
};

export const grantAreaWords: Record<GrantArea, { title: string; summary: string }> = {
  integrations: { title: "Integrations", summary: "Connect systems and channels, test them, switch them on." },
  billing: { title: "Billing", summary: "See invoices, change the plan and the payment." },
  agent_behaviour: { title: "Agent behaviour", summary: "Change agents, deploy versions, set secrets." },
};
