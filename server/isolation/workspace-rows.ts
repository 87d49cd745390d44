// Rows of the isolation walk: of workspaces, their members, keys and audit.
import type { Ids } from "./named-ids";
import type { ProcedureRow } from "./procedure-row";

const token = { token: "0".repeat(64) };
const none = () => undefined;
const empty = () => ({});
const ofMember = ({ memberId }: Ids) => ({ userId: memberId });

export const workspaceRows: Readonly<Record<string, ProcedureRow>> = {
  "apiKeys.list": { who: "api_key.read", input: empty },
  "apiKeys.get": { who: "api_key.read", names: ["keyId"], input: ({ keyId }) => ({ keyId }) },
  "apiKeys.create": { who: "api_key.manage", proven: true, input: () => ({ name: "key", preset: "read" }) },
  "apiKeys.reroll": {
    who: "api_key.manage",
    proven: true,
    names: ["keyId"],
    input: ({ keyId }) => ({ keyId, overlapHours: 1 }),
  },
  "apiKeys.endOverlap": {
    who: "api_key.manage",
    names: ["supersededKeyId"],
    input: ({ supersededKeyId: keyId }) => ({ keyId }),
  },
  "apiKeys.narrow": { who: "api_key.manage", names: ["keyId"], input: ({ keyId }) => ({ keyId, preset: "invoke" }) },
  "apiKeys.revoke": { who: "api_key.manage", names: ["keyId"], input: ({ keyId }) => ({ keyId }) },
  "apiKeys.reportLeak": { who: "anybody", input: () => ({ key: "whs_nobody", where: "https://example.test/leak" }) },
  "signingSecrets.list": { who: "api_key.read", names: ["keyId"], input: ({ keyId }) => ({ keyId }) },
  "signingSecrets.create": { who: "api_key.manage", proven: true, names: ["keyId"], input: ({ keyId }) => ({ keyId }) },
  "signingSecrets.remove": {
    who: "api_key.manage",
    names: ["keyId", "signingSecretId"],
    input: ({ keyId, signingSecretId: secretId }) => ({ keyId, secretId }),
  },
  "audit.list": { who: "audit.read", input: empty },
  "audit.chain": { who: "audit.read", input: none },
  "audit.verify": { who: "audit.read", input: empty, idle: true },
  "audit.verifyAny": { who: "operator", input: () => ({ chain: "platform" }), idle: true },
  "budgets.read": { who: "usage.read", input: none },
  "budgets.choose": { who: "billing.configure", input: () => ({ atCap: "block" }) },
  "invitations.list": { who: "member.manage", input: none },
  "invitations.create": { who: "member.manage", input: () => ({ email: "walked@example.test", role: "viewer" }) },
  "invitations.resend": { who: "member.manage", names: ["invitationId"], input: ({ invitationId }) => ({ invitationId }) },
  "invitations.revoke": { who: "member.manage", names: ["invitationId"], input: ({ invitationId }) => ({ invitationId }) },
  "invitations.look": {
    who: "anybody",
    readsCaller: true,
    input: () => token,
    note: "A token that opens nothing answers nothing, whoever asks.",
  },
  "invitations.accept": { who: "person", own: "INVALID_REQUEST", input: () => token },
  "members.roles": { who: "member.read", input: none },
  "members.get": { who: "member.read", names: ["memberId"], input: ofMember },
  "members.setRole": {
    who: "member.manage",
    names: ["memberId"],
    input: (ids) => ({ ...ofMember(ids), role: "member" }),
  },
  "members.setGrant": {
    who: "grant.manage",
    names: ["memberId"],
    input: (ids) => ({ ...ofMember(ids), area: "billing", setting: "granted" }),
  },
  "members.remove": { who: "member.manage", names: ["memberId"], input: ofMember },
  "members.leave": { who: "workspace.leave", input: none, note: "Every walker's workspace has a second owner who stays." },
  "members.transfer": { who: "workspace.transfer", proven: true, names: ["memberId"], input: ofMember },
  "systemGrants.list": { who: "grant.manage", input: empty },
  "systemGrants.grant": {
    who: "grant.manage",
    input: () => ({ systemId: `sys_${"0".repeat(26)}`, role: "viewer", access: "use" }),
  },
  "systemGrants.withdraw": {
    who: "grant.manage",
    names: ["systemGrantId"],
    input: ({ systemGrantId }) => ({ grantId: systemGrantId }),
  },
  "workspaces.mine": { who: "person", input: none },
  "workspaces.create": { who: "person", input: () => ({ name: "Another one" }) },
  "workspaces.current": { who: "workspace.read", input: empty },
  "workspaces.rename": { who: "workspace.configure", input: () => ({ name: "renamed" }) },
  "workspaces.members": { who: "member.read", input: empty },
};
