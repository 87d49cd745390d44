// Makes an installation ready to be looked at: operator, workspace, sample agent, key and sign-in link. Safe at every start.
import { ensureOperator } from "~/server/accounts/ensure-operator";
import { mintWorkspaceScope } from "~/server/auth/mint-scope";
import { issueUserToken } from "~/server/auth/user-token";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { deploySample } from "./deploy-sample";
import { renewStartKey } from "./renew-start-key";

export type FirstStart = { url: string; signInUrl: string; agentId: string; apiKey: string };

/** Below the launcher's own patience, so that people read our reason and not its. */
const deadlineMs = 150_000;

export async function prepareFirstStart(services: Services): Promise<FirstStart> {
  const traceId = newId("trace");
  const operator = await ensureOperator(services, { traceId });
  const request = { action: "api_key.manage", workspaceId: null, traceId, ipAddress: null } as const;
  const scope = await mintWorkspaceScope(services, operator, request);
  const agentId = await deploySample(services, scope, { deadlineMs });
  const apiKey = await renewStartKey(services, scope);
  const token = await issueUserToken(services.across, services.clock, { userId: operator.userId, purpose: "sign_in" });
  const signIn = new URL("/sign-in/link", services.config.publicUrl);
  signIn.searchParams.set("token", token);
  return { url: services.config.publicUrl.origin, signInUrl: signIn.href, agentId, apiKey };
}
