// Rows of the isolation walk: of agents and what they run on.
import { type Ids, walked } from "./named-ids";
import type { ProcedureRow } from "./procedure-row";

const none = () => undefined;
const empty = () => ({});
const ofAgent = ({ agentId }: Ids) => ({ agentId });
const ofDeployment = ({ deploymentId }: Ids) => ({ deploymentId });

export const agentRows: Readonly<Record<string, ProcedureRow>> = {
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
  "deployments.create": {
    who: "deployment.create",
    names: ["agentId", "uploadId"],
    input: ({ agentId, uploadId }) => ({ agentId, uploadId }),
  },
  "deployments.list": { who: "deployment.read", names: ["agentId"], input: ofAgent },
  "deployments.get": { who: "deployment.read", names: ["deploymentId"], input: ofDeployment },
  "deployments.logs": { who: "deployment.read", names: ["deploymentId"], input: ofDeployment },
  "deployments.compare": {
    who: "deployment.read",
    names: ["deploymentId", "supersededDeploymentId"],
    input: ({ deploymentId, supersededDeploymentId: against }) => ({ deploymentId, against }),
  },
  "deployments.files": { who: "bundle.read", names: ["deploymentId"], input: ofDeployment },
  "deployments.file": {
    who: "bundle.read",
    names: ["deploymentId"],
    input: (ids) => ({ ...ofDeployment(ids), path: "index.ts" }),
  },
  "deployments.activate": {
    who: "deployment.create",
    names: ["supersededDeploymentId"],
    input: ({ supersededDeploymentId: deploymentId }) => ({ deploymentId }),
  },
  "deployments.plan": {
    who: "deployment.create",
    names: ["agentId", "uploadId"],
    input: ({ agentId, uploadId }) => ({ agentId, uploadId }),
  },
  "deployments.planActivation": {
    who: "deployment.create",
    names: ["supersededDeploymentId"],
    input: ({ supersededDeploymentId: deploymentId }) => ({ deploymentId }),
  },
  "deployments.move": {
    who: "deployment.create",
    names: ["agentId"],
    input: (ids) => ({ ...ofAgent(ids), runtime: "embedded" }),
    own: "CONFLICT",
    note: "it runs there already",
  },
  "deployments.planMove": {
    who: "deployment.create",
    names: ["agentId"],
    input: (ids) => ({ ...ofAgent(ids), runtime: "embedded" }),
    own: "CONFLICT",
    note: "it runs there already",
  },
  "runtimes.list": { who: "agent.read", input: none },
  "deployments.planAgentDeletion": { who: "agent.delete", names: ["agentId"], input: ofAgent },
  "telemetryKeys.rotate": {
    who: "secret.write",
    proven: true,
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
  "invocations.list": { who: "usage.read", input: empty },
  "invocations.sessions": { who: "conversation.read", names: ["agentId"], input: ofAgent },
  "invocations.ownSessions": { who: "agent.invoke", names: ["agentId"], input: ofAgent },
  "invocations.trace": {
    who: "usage.read",
    input: () => ({ traceId: `trc_${"0".repeat(26)}` }),
    note: "another workspace's trace is as empty as a missing one",
  },
  "invocations.closeSession": {
    who: "agent.invoke",
    names: ["agentId"],
    input: ({ agentId }) => ({ agentId, sessionId: `ses_${"0".repeat(26)}` }),
    own: "NOT_FOUND",
    note: "A session is its own caller's, and nobody here has one.",
  },
  "invocations.logs": { who: "deployment.read", names: ["agentId"], input: ofAgent },
  "secrets.list": { who: "secret.read", names: ["agentId"], input: ofAgent },
  "secrets.set": {
    who: "secret.write",
    names: ["agentId"],
    input: (ids) => ({ ...ofAgent(ids), name: walked.secretName, value: "walked" }),
  },
  "secrets.setMany": {
    who: "secret.write",
    names: ["agentId"],
    input: (ids) => ({ ...ofAgent(ids), secrets: [{ name: walked.secretName, value: "walked" }] }),
  },
  "secrets.setExpiry": {
    who: "secret.write",
    names: ["agentId"],
    input: (ids) => ({ ...ofAgent(ids), name: walked.secretName, expiresAt: "2030-01-01T00:00:00Z" }),
  },
  "secrets.versions": { who: "secret.read", names: ["agentId"], input: (ids) => ({ ...ofAgent(ids), name: walked.secretName }) },
  "secrets.stale": { who: "secret.read", names: ["agentId"], input: ofAgent },
  "secrets.applyNow": {
    who: "secret.write",
    names: ["agentId"],
    input: ofAgent,
    idle: true,
    note: "nothing runs with older secrets",
  },
  "secrets.unset": { who: "secret.write", names: ["agentId"], input: (ids) => ({ ...ofAgent(ids), name: walked.secretName }) },
  "variables.list": { who: "secret.read", names: ["agentId"], input: ofAgent },
  "variables.set": {
    who: "agent.configure",
    names: ["agentId"],
    input: (ids) => ({ ...ofAgent(ids), name: walked.variableName, value: "walked" }),
  },
  "variables.unset": {
    who: "agent.configure",
    names: ["agentId"],
    input: (ids) => ({ ...ofAgent(ids), name: walked.variableName }),
  },
  "uploads.get": { who: "deployment.read", names: ["uploadId"], input: ({ uploadId }) => ({ uploadId }) },
  "uploads.examples": { who: "agent.read", input: none },
  "uploads.fromExample": { who: "deployment.create", input: () => ({ name: "hello" }) },
  "uploads.fromGithub": {
    who: "deployment.create",
    input: () => ({ url: "https://example.com/owner/repository" }),
    own: "INVALID_REQUEST",
    note: "not at GitHub: refused before anything is asked",
  },
  "usage.series": { who: "usage.read", input: empty },
  "usage.metrics": { who: "usage.read", names: ["agentId"], input: ofAgent },
  "usage.drops": { who: "usage.read", names: ["agentId"], input: ofAgent },
  "usage.agents": { who: "usage.read", input: none },
};
