// Every procedure under its noun. The browser imports the TYPE of this router and nothing else.
import { accountsRouter } from "./accounts/accounts.router";
import { agentsRouter } from "./agents/agents.router";
import { apiKeysRouter } from "./api-keys/api-keys.router";
import { auditRouter } from "./audit/audit.router";
import { uploadsRouter } from "./bundles/bundles.router";
import { deploymentsRouter } from "./deployments/deployments.router";
import { invocationsRouter } from "./invocations/invocations.router";
import { secretsRouter } from "./secrets/secrets.router";
import { usageRouter } from "./telemetry/usage.router";
import { createCallerFactory, router } from "./trpc/init";
import { workspacesRouter } from "./workspaces/workspaces.router";

export const appRouter = router({
  accounts: accountsRouter,
  agents: agentsRouter,
  apiKeys: apiKeysRouter,
  audit: auditRouter,
  deployments: deploymentsRouter,
  invocations: invocationsRouter,
  secrets: secretsRouter,
  uploads: uploadsRouter,
  usage: usageRouter,
  workspaces: workspacesRouter,
});

export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
export type Caller = ReturnType<typeof createCaller>;
