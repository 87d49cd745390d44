// Every procedure's row in the isolation walk: who may call it, which ids it names, and an input that reaches its verb (MISSION A3).
import type { Action } from "~/server/auth/permissions";
import type { ErrorCode } from "~/server/errors";
import { newId } from "~/server/ids";
import { type Ids, walked } from "./named-ids";

/** An action means: a member of the workspace whose role allows it, or a key whose preset does. */
export type Who = "anybody" | "person" | "operator" | Action;

export type ProcedureRow = {
  who: Who;
  /** Made by a `proven…Procedure`: asks for a fresh proof, and refuses keys. */
  proven?: true;
  /** The ids in the input: somebody else's must answer exactly as missing ones. */
  names?: readonly (keyof Ids)[];
  /** A valid input; everything that is not an id may be constant. */
  input: (ids: Ids) => unknown;
  /** What the caller's own things answer when it is not "ok": the input is well formed and refused for another reason. */
  own?: ErrorCode;
  /** What a text answers that is no id, when the verb does not simply find nothing. */
  malformed?: ErrorCode;
  /** For anybody, but it looks who calls (a session to be replaced): a key that is not valid is refused first. */
  readsCaller?: true;
  /** A mutation that changes no row here: the thing is in that state already. */
  idle?: true;
  /** A wrong try is counted and written down, though it is refused. */
  tries?: true;
  /** Why the row is unusual, for the reader of the matrix. */
  note?: string;
};

const token = { token: "0".repeat(64) };
const email = { email: "nobody@example.test" };
const noProvider = { provider: "none", to: "/" };
const password = "long enough it is";
const code = { code: "000000" };
const noAnswer = {
  id: "AA",
  rawId: "AA",
  type: "public-key",
  response: { clientDataJSON: "AA", authenticatorData: "AA", signature: "AA" },
};
const noRegistration = { ...noAnswer, response: { clientDataJSON: "AA", attestationObject: "AA" } };
const none = () => undefined;
const empty = () => ({});
const ofAgent = ({ agentId }: Ids) => ({ agentId });
const ofMember = ({ memberId }: Ids) => ({ userId: memberId });
const ofDeployment = ({ deploymentId }: Ids) => ({ deploymentId });

/** One line for each procedure, in the order of its router. One without a line fails the walk. */
export const procedureRows: Readonly<Record<string, ProcedureRow>> = {
  "accounts.signUp": { who: "anybody", input: () => ({ ...email, displayName: "N", password }) },
  "accounts.verifyEmail": {
    who: "anybody",
    readsCaller: true,
    own: "INVALID_REQUEST",
    input: () => ({ ...token, password: "x" }),
  },
  "accounts.resendVerification": { who: "anybody", input: () => email },
  "accounts.signIn": {
    who: "anybody",
    readsCaller: true,
    own: "INVALID_REQUEST",
    input: () => ({ ...email, password: "not this one" }),
  },
  "accounts.signInByLink": { who: "anybody", readsCaller: true, own: "INVALID_REQUEST", input: () => token },
  "accounts.requestPasswordReset": { who: "anybody", input: () => email },
  "accounts.resetPassword": { who: "anybody", readsCaller: true, own: "INVALID_REQUEST", input: () => ({ ...token, password }) },
  "accounts.signOut": { who: "person", input: none },
  "accounts.me": { who: "person", input: none },
  "accounts.sessions": { who: "person", input: none },
  "accounts.revokeSession": {
    who: "person",
    names: ["sessionId"],
    malformed: "INVALID_REQUEST",
    input: ({ sessionId }) => ({ sessionId }),
  },
  "accounts.revokeAllSessions": { who: "person", input: none },
  "accounts.changePassword": { who: "person", input: () => ({ currentPassword: walked.password, newPassword: password }) },
  "accounts.updateProfile": { who: "person", input: () => ({ displayName: "Walked" }) },
  "accounts.setPassword": {
    who: "person",
    own: "CONFLICT",
    proven: true,
    input: () => ({ newPassword: password }),
    note: "has one already",
  },
  "accounts.outbox": { who: "operator", proven: true, input: empty },
  "accounts.retryMail": { who: "operator", input: () => ({ mailId: "mal_none" }), own: "NOT_FOUND" },
  "admin.overview": { who: "operator", input: none },
  "admin.users": { who: "operator", input: empty },
  "admin.workspaces": { who: "operator", input: empty },
  "admin.user": { who: "operator", input: ({ memberId }) => ({ userId: memberId }) },
  "admin.workspace": { who: "operator", own: "NOT_FOUND", input: () => ({ workspaceId: newId("workspace") }) },
  "admin.audit": { who: "operator", input: empty },
  "admin.foresee": { who: "operator", proven: true, input: () => ({ act: "end_every_session", targetId: "everybody" }) },
  "admin.perform": {
    who: "operator",
    proven: true,
    own: "INVALID_REQUEST",
    input: () => ({ act: "end_every_session", targetId: "everybody", reason: "A walk.", confirmation: "nobody" }),
  },
  "agents.list": { who: "agent.read", input: empty },
  "agents.get": { who: "agent.read", names: ["agentId"], input: ofAgent },
  "agents.create": { who: "agent.configure", input: () => ({ name: "made-by-the-walk" }) },
  "agents.update": { who: "agent.configure", names: ["agentId"], input: (ids) => ({ ...ofAgent(ids), description: "changed" }) },
  "agents.delete": { who: "agent.delete", names: ["agentId"], input: ofAgent },
  "agents.enable": {
    who: "agent.configure",
    names: ["disabledAgentId"],
    input: ({ disabledAgentId: agentId }) => ({ agentId }),
  },
  "agents.disable": { who: "agent.configure", names: ["agentId"], input: ofAgent },
  "agents.clone": { who: "agent.configure", names: ["agentId"], input: (ids) => ({ ...ofAgent(ids), name: "cloned" }) },
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
  "audit.list": { who: "audit.read", input: empty },
  "audit.chain": { who: "audit.read", input: none },
  "audit.verify": { who: "audit.read", input: empty, idle: true },
  "audit.verifyAny": { who: "operator", input: () => ({ chain: "platform" }), idle: true },
  "billing.overview": { who: "billing.read", input: empty },
  "billing.simulate": { who: "billing.read", input: () => ({ tier: "starter" }) },
  "billing.invoices": { who: "billing.read", input: empty },
  "billing.checkout": {
    who: "billing.configure",
    own: "CONFLICT",
    input: () => ({ tier: "pro", interval: "month" }),
    note: "billing is off in the walked world",
  },
  "billing.portal": { who: "billing.configure", own: "CONFLICT", input: empty, note: "billing is off in the walked world" },
  "billing.health": { who: "operator", input: none },
  "billing.workspacePlan": { who: "operator", own: "NOT_FOUND", input: () => ({ workspaceId: newId("workspace") }) },
  "billing.assign": {
    who: "operator",
    proven: true,
    own: "NOT_FOUND",
    input: () => ({ workspaceId: newId("workspace"), tier: "pro", reason: "walked" }),
  },
  "billing.override": {
    who: "operator",
    proven: true,
    own: "NOT_FOUND",
    input: () => ({ workspaceId: newId("workspace"), changes: { agentsMax: 5 }, reason: "walked" }),
  },
  "deployments.create": {
    who: "deployment.create",
    names: ["agentId", "uploadId"],
    input: ({ agentId, uploadId }) => ({ agentId, uploadId }),
  },
  "deployments.list": { who: "deployment.read", names: ["agentId"], input: ofAgent },
  "deployments.get": { who: "deployment.read", names: ["deploymentId"], input: ofDeployment },
  "deployments.logs": { who: "deployment.read", names: ["deploymentId"], input: ofDeployment },
  "deployments.activate": {
    who: "deployment.create",
    names: ["supersededDeploymentId"],
    input: ({ supersededDeploymentId: deploymentId }) => ({ deploymentId }),
  },
  "deployments.cancel": {
    who: "deployment.create",
    names: ["queuedDeploymentId"],
    input: ({ queuedDeploymentId: deploymentId }) => ({ deploymentId }),
  },
  "deployments.retry": {
    who: "deployment.create",
    names: ["failedDeploymentId"],
    input: ({ failedDeploymentId: deploymentId }) => ({ deploymentId }),
  },
  "deployments.watch": { who: "deployment.read", names: ["deploymentId"], input: ofDeployment },
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
  "emailChanges.pending": { who: "person", input: none },
  "emailChanges.request": { who: "person", proven: true, input: () => email },
  "emailChanges.cancel": { who: "person", own: "NOT_FOUND", input: none },
  "emailChanges.confirm": { who: "anybody", own: "INVALID_REQUEST", input: () => token },
  "invocations.list": { who: "usage.read", input: empty },
  "invocations.sessions": { who: "conversation.read", names: ["agentId"], input: ofAgent },
  "invocations.logs": { who: "deployment.read", names: ["agentId"], input: ofAgent },
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
  "passkeys.list": { who: "person", input: none },
  "passkeys.place": { who: "anybody", input: none },
  "passkeys.begin": { who: "person", proven: true, input: none },
  "passkeys.register": {
    who: "person",
    own: "INVALID_REQUEST",
    proven: true,
    input: () => ({ name: "key", answer: noRegistration }),
  },
  "passkeys.remove": { who: "person", proven: true, names: ["passkeyId"], input: ({ passkeyId }) => ({ passkeyId }) },
  "passkeys.beginSignIn": { who: "anybody", input: none },
  "passkeys.signIn": { who: "anybody", readsCaller: true, own: "INVALID_REQUEST", input: () => ({ answer: noAnswer }) },
  "secondFactors.status": { who: "person", input: none },
  "secondFactors.begin": { who: "person", proven: true, input: none },
  "secondFactors.turnOn": { who: "person", own: "CONFLICT", proven: true, input: () => code },
  "secondFactors.turnOff": { who: "person", own: "CONFLICT", proven: true, input: none },
  "secondFactors.renewCodes": { who: "person", own: "CONFLICT", proven: true, input: none },
  "secondFactors.pending": { who: "anybody", input: none },
  "secondFactors.finishSignIn": { who: "anybody", readsCaller: true, own: "INVALID_REQUEST", input: () => code },
  "secrets.list": { who: "secret.read", names: ["agentId"], input: ofAgent },
  "secrets.set": {
    who: "secret.write",
    names: ["agentId"],
    input: (ids) => ({ ...ofAgent(ids), name: walked.secretName, value: "walked" }),
  },
  "secrets.unset": { who: "secret.write", names: ["agentId"], input: (ids) => ({ ...ofAgent(ids), name: walked.secretName }) },
  "signInMethods.offered": { who: "anybody", input: none },
  "signInMethods.begin": { who: "anybody", own: "NOT_FOUND", input: () => noProvider },
  "signInMethods.finish": {
    who: "anybody",
    readsCaller: true,
    own: "NOT_FOUND",
    input: () => ({ provider: "none", state: "x", code: "x", error: null, iss: null }),
  },
  "signInMethods.mine": { who: "person", input: none },
  "signInMethods.connect": { who: "person", proven: true, own: "NOT_FOUND", input: () => noProvider },
  "signInMethods.disconnect": {
    who: "person",
    proven: true,
    names: ["identityId"],
    input: ({ identityId }) => ({ identityId }),
  },
  "stepUp.ways": { who: "person", input: none },
  "stepUp.byPassword": { who: "person", input: () => ({ password: walked.password }) },
  "stepUp.bySecondFactor": { who: "person", own: "INVALID_REQUEST", tries: true, input: () => code },
  "stepUp.sendCode": { who: "person", own: "CONFLICT", input: none },
  "stepUp.byMailedCode": { who: "person", own: "INVALID_REQUEST", tries: true, input: () => code },
  "stepUp.beginPasskey": { who: "person", input: none },
  "stepUp.byPasskey": { who: "person", own: "INVALID_REQUEST", tries: true, input: () => ({ answer: noAnswer }) },
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
  "uploads.get": { who: "deployment.read", names: ["uploadId"], input: ({ uploadId }) => ({ uploadId }) },
  "uploads.examples": { who: "agent.read", input: none },
  "uploads.fromExample": { who: "deployment.create", input: () => ({ name: "hello" }) },
  "usage.series": { who: "usage.read", input: empty },
  "usage.metrics": { who: "usage.read", names: ["agentId"], input: ofAgent },
  "usage.agents": { who: "usage.read", input: none },
  "workspaces.mine": { who: "person", input: none },
  "workspaces.create": { who: "person", input: () => ({ name: "Another one" }) },
  "workspaces.current": { who: "workspace.read", input: empty },
  "workspaces.rename": { who: "workspace.configure", input: () => ({ name: "renamed" }) },
  "workspaces.members": { who: "member.read", input: empty },
};
