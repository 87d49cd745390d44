// The simulator and the one function that enforces agree on every state, and dearer plans never stop what cheaper ones run.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runtimes } from "~/db/tables/deployments";
import { tiers } from "~/db/tables/workspaces";
import { judgeAct } from "./judge-act";
import { Plan } from "./plan.contract";
import { planOf, plans } from "./plans";
import { simulatePlan, type WorkspaceState } from "./simulate-plan";

const runtime = fc.constantFrom(...runtimes);
const few = fc.integer({ min: 0, max: 12 });

const states: fc.Arbitrary<WorkspaceState> = fc
  .record({
    agents: fc.array(fc.option(runtime), { maxLength: 12 }),
    members: few,
    keys: few,
    openInvitations: few,
    versions: fc.array(fc.array(runtime, { maxLength: 6 }), { maxLength: 4 }),
    usage: fc.record({ requests: few, tokens: few, computeMs: few }),
  })
  .map((shape) => ({
    agents: shape.agents.map((of, place) => ({ agentId: `agt_${place}`, name: `agent-${place}`, runtime: of })),
    members: Array.from({ length: shape.members }, (_, place) => ({ userId: `usr_${place}`, name: "P" })),
    keys: Array.from({ length: shape.keys }, (_, place) => ({ keyId: `key_${place}`, name: "K" })),
    openInvitations: shape.openInvitations,
    deployments: shape.versions.flatMap((versions, agent) =>
      versions.map((of, place) => ({
        deploymentId: `dep_${agent}_${place}`,
        agentId: `agt_${agent}`,
        agentName: `agent-${agent}`,
        version: versions.length - place,
        runtime: of,
      })),
    ),
    usage: shape.usage,
  }));

const small = fc.integer({ min: 1, max: 8 });
const smallPlans: fc.Arbitrary<Plan> = fc
  .record({
    agentsMax: small,
    membersMax: small,
    keysMax: small,
    deploymentsKeptMax: small,
    requestsMax: few,
    tokensMax: few,
    computeMsMax: few,
    runtimes: fc.subarray([...runtimes], { minLength: 1 }),
  })
  .map((limits) => ({ ...plans.free, ...limits }));

describe("the simulator", () => {
  it("names exactly what enforcement would refuse, for random states and plans", () => {
    fc.assert(
      fc.property(states, smallPlans, (state, plan) => {
        const stops = simulatePlan(state, plan);
        const stopped = (ids: string[], id: string) => ids.includes(id);
        state.agents.forEach((agent, place) => {
          const verdict = judgeAct({ kind: "run_agent", runtime: agent.runtime, place }, plan);
          expect(
            stopped(
              stops.agents.map(({ agentId }) => agentId),
              agent.agentId,
            ),
          ).toBe(!verdict.isAllowed);
        });
        state.members.forEach(({ userId }, place) => {
          const verdict = judgeAct({ kind: "act_as_member", place }, plan);
          expect(
            stopped(
              stops.members.map((member) => member.userId),
              userId,
            ),
          ).toBe(!verdict.isAllowed);
        });
        state.keys.forEach(({ keyId }, place) => {
          const verdict = judgeAct({ kind: "use_key", place }, plan);
          expect(
            stopped(
              stops.keys.map((key) => key.keyId),
              keyId,
            ),
          ).toBe(!verdict.isAllowed);
        });
        for (const version of state.deployments) {
          const siblings = state.deployments.filter(({ agentId }) => agentId === version.agentId);
          const act = { kind: "activate", runtime: version.runtime, place: siblings.indexOf(version) } as const;
          const isNamed = stopped(
            stops.deployments.map(({ deploymentId }) => deploymentId),
            version.deploymentId,
          );
          expect(isNamed).toBe(!judgeAct(act, plan).isAllowed);
        }
        expect(stops.calls === null).toBe(judgeAct({ kind: "call", usage: state.usage }, plan).isAllowed);
      }),
      { numRuns: 1_000 },
    );
  });

  it("stops nothing more at a dearer plan", () => {
    fc.assert(
      fc.property(states, (state) => {
        const stops = tiers.map((tier) => simulatePlan(state, plans[tier]).agents.length);
        expect(stops).toEqual([...stops].sort((one, other) => other - one));
      }),
    );
  });
});

describe("plans", () => {
  it("never give less for more", () => {
    const [free, ...dearer] = tiers.map((tier) => plans[tier]);
    let cheaper = free as Plan;
    for (const plan of dearer) {
      for (const [name, limit] of Object.entries(plan)) {
        if (typeof limit === "number") expect(limit, name).toBeGreaterThanOrEqual(cheaper[name as keyof Plan] as number);
      }
      expect(plan.runtimes).toEqual(expect.arrayContaining(cheaper.runtimes));
      cheaper = plan;
    }
  });

  it("take an operator's changes for one workspace, and drop those that do not fit any more", () => {
    expect(planOf("free", { agentsMax: 3 })).toEqual({ ...plans.free, agentsMax: 3 });
    expect(planOf("free", { agentsMax: -1, bygoneMax: 7, runtimes: ["teapot"] })).toEqual(plans.free);
    expect(planOf("free", { telemetryRetentionDays: 395 })).toEqual(plans.free);
    expect(Plan.safeParse({ ...plans.free, bygoneMax: 7 }).success).toBe(false);
  });
});
