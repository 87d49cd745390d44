// Every procedure under its noun. The browser imports the TYPE of this router and nothing else.
import { accountsRouter } from "./accounts/accounts.router";
import { emailChangesRouter } from "./accounts/email-changes.router";
import { passkeysRouter } from "./accounts/passkeys.router";
import { secondFactorsRouter } from "./accounts/second-factors.router";
import { signInMethodsRouter } from "./accounts/sign-in-methods.router";
import { stepUpRouter } from "./accounts/step-up.router";
import { adminRouter } from "./admin/admin.router";
import { agentsRouter } from "./agents/agents.router";
import { alertsRouter } from "./alerts/alerts.router";
import { apiKeysRouter } from "./api-keys/api-keys.router";
import { signingRouter } from "./api-keys/signing.router";
import { auditRouter } from "./audit/audit.router";
import { billingRouter } from "./billing/billing.router";
import { budgetsRouter } from "./budgets/budgets.router";
import { uploadsRouter } from "./bundles/bundles.router";
import { conversationsRouter } from "./conversations/conversations.router";
import { cloneRouter } from "./deployments/clone.router";
import { deploymentsRouter } from "./deployments/deployments.router";
import { movesRouter } from "./deployments/moves.router";
import { telemetryKeysRouter } from "./deployments/telemetry-keys.router";
import { invocationsRouter } from "./invocations/invocations.router";
import { sessionsRouter } from "./invocations/sessions.router";
import { logsRouter } from "./logs/logs.router";
import { rotationRouter } from "./rotation/rotation.router";
import { runtimesRouter } from "./runtimes/runtimes.router";
import { secretsRouter } from "./secrets/secrets.router";
import { usageRouter } from "./telemetry/usage.router";
import { createCallerFactory, mergeRouters, router } from "./trpc/init";
import { variablesRouter } from "./variables/variables.router";
import { webhooksRouter } from "./webhooks/webhooks.router";
import { invitationsRouter } from "./workspaces/invitations.router";
import { membersRouter } from "./workspaces/members.router";
import { systemGrantsRouter } from "./workspaces/system-grants.router";
import { workspacesRouter } from "./workspaces/workspaces.router";

export const appRouter = router({
  accounts: accountsRouter,
  admin: adminRouter,
  agents: mergeRouters(agentsRouter, cloneRouter),
  alerts: alertsRouter,
  apiKeys: apiKeysRouter,
  audit: auditRouter,
  billing: billingRouter,
  budgets: budgetsRouter,
  conversations: conversationsRouter,
  deployments: mergeRouters(deploymentsRouter, movesRouter),
  emailChanges: emailChangesRouter,
  invitations: invitationsRouter,
  invocations: invocationsRouter,
  logs: logsRouter,
  members: membersRouter,
  passkeys: passkeysRouter,
  rotation: rotationRouter,
  runtimes: runtimesRouter,
  secondFactors: secondFactorsRouter,
  secrets: secretsRouter,
  sessions: sessionsRouter,
  signingSecrets: signingRouter,
  signInMethods: signInMethodsRouter,
  stepUp: stepUpRouter,
  systemGrants: systemGrantsRouter,
  telemetryKeys: telemetryKeysRouter,
  uploads: uploadsRouter,
  usage: usageRouter,
  variables: variablesRouter,
  webhooks: webhooksRouter,
  workspaces: workspacesRouter,
});

export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
export type Caller = ReturnType<typeof createCaller>;
