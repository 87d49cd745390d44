// The first start: an empty installation gets all it needs, a second start changes only what must be fresh.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { signInByLink } from "~/server/accounts/sign-in-by-link";
import { mintWorkspaceScope } from "~/server/auth/mint-scope";
import { proveApiKey } from "~/server/auth/prove-api-key";
import { runDeployment } from "~/server/deployments/run-deployment";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import type { Queue } from "~/server/queue/queue";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { browser, passedOfTen, personBehind } from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { type FirstStart, prepareFirstStart } from "./prepare-first-start";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([createFakeProvider()]) });
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

/** Rings are answered at once, as by a worker beside it. */
async function startWithWorker(): Promise<FirstStart> {
  const draining = new AbortController().signal;
  const running: Promise<void>[] = [];
  const queue: Queue = {
    ring: async (job, payload) => {
      const { deploymentId = "", workspaceId = "" } = payload as Record<string, string>;
      if (job.name.includes("run")) running.push(runDeployment(services, { deploymentId, workspaceId }, { draining }));
    },
    close: async () => {},
  };
  const prepared = await prepareFirstStart({ ...services, queue });
  await Promise.all(running);
  return prepared;
}

const tokenOf = (start: FirstStart) => new URL(start.signInUrl).searchParams.get("token") ?? "";
const countOf = async (table: "users" | "workspaces" | "agents" | "deployments") =>
  (await services.owner.selectFrom(table).select("id").execute()).length;

describe("the first start", () => {
  it("leaves a live sample agent, a key that may upload, deploy and invoke, and a link that signs the operator in once", async () => {
    const start = await startWithWorker();
    expect(start.url).toBe("http://127.0.0.1:3000");
    expect(start.signInUrl).toMatch(/^http:\/\/127\.0\.0\.1:3000\/sign-in\/link\?token=[0-9a-f]{64}$/);
    const agent = await services.owner.selectFrom("agents").selectAll().executeTakeFirstOrThrow();
    expect(agent).toMatchObject({ id: start.agentId, name: "hello", activeDeploymentId: expect.stringMatching(/^dep_/) });
    const principal = await proveApiKey(services, start.apiKey);
    for (const action of ["deployment.create", "agent.invoke", "agent.read"] as const) {
      const request = { action, workspaceId: null, traceId: "trc_1", ipAddress: null };
      await expect(mintWorkspaceScope(services, principal, request)).resolves.toMatchObject({ workspaceId: agent.workspaceId });
    }
    const signedIn: string[] = [];
    const use = async () => signedIn.push((await signInByLink(services, browser, { token: tokenOf(start) })).setCookie);
    expect(await passedOfTen(use)).toBe(1);
    expect(await personBehind(services, signedIn[0] ?? "")).toMatchObject({ isSuperAdmin: true, email: "operator@localhost" });
  });

  it("a second time makes nothing twice, revokes the key before and kills the link before", async () => {
    const first = await startWithWorker();
    const second = await startWithWorker();
    expect(second.agentId).toBe(first.agentId);
    expect([await countOf("users"), await countOf("workspaces"), await countOf("agents"), await countOf("deployments")]).toEqual([
      1, 1, 1, 1,
    ]);
    await expect(proveApiKey(services, first.apiKey)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    await expect(proveApiKey(services, second.apiKey)).resolves.toBeDefined();
    await expect(signInByLink(services, browser, { token: tokenOf(first) })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  it("cut short after its deployment was asked for is taken up by the next one", async () => {
    const ringLost = { ...services, queue: { ring: () => Promise.reject(new Error("cut short")), close: async () => {} } };
    await expect(prepareFirstStart(ringLost)).rejects.toThrow("cut short");
    const [waiting] = await services.owner.selectFrom("deployments").select(["id", "workspaceId", "status"]).execute();
    expect(waiting?.status).toBe("queued");
    const again = prepareFirstStart(services);
    const key = { deploymentId: waiting?.id ?? "", workspaceId: waiting?.workspaceId ?? "" };
    await runDeployment(services, key, { draining: new AbortController().signal });
    await expect(again).resolves.toMatchObject({ agentId: expect.stringMatching(/^agt_/) });
    expect(await countOf("deployments")).toBe(1);
  });
});
