// The reference that deployments are held against: which moves are possible, who may be live, and what must be true in the end.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { DeploymentStatus } from "~/db/tables/deployments";
import type { WorkspaceScope } from "~/server/auth/scope";
import { attemptsMax } from "~/server/deployments/claim-deployment";
import { deploymentTransitions } from "~/server/deployments/deployments.contract";
import type { FakeProvider } from "~/server/providers/fake/fake-provider";
import type { TestServices } from "./test-services";

export type HealingLedger = {
  /** Every agent that there ever was. */
  agents: Map<string, { isDeleted: boolean; wasDisabled: boolean }>;
  /** Every version that was ever seen, oldest first, as it was at the last look. */
  versions: Map<string, Seen>;
  /** Asked for and answered: it may not get lost. */
  noteAsked(deploymentId: string): void;
  /** Somebody wishes to cancel it, or to make it live: from now on that may happen. */
  noteWish(wish: "cancel" | "activate", deploymentId: string): void;
  /** The wish to cancel was answered with yes: it may not go live any more. */
  noteCancelled(deploymentId: string): void;
  /** Its runtime refused it, so it may fail. */
  excuse(deploymentId: string): void;
  /** So much time went by at once that a run may be overdue. */
  noteLeap(): void;
  /** What holds at every moment. */
  look(): Promise<void>;
  /** What holds when everything has come to its end. */
  judgeEnd(): Promise<void>;
  /** What holds when nobody who began before can still do anything: nothing is left of what was deleted. */
  judgeRest(): Promise<void>;
};

export type Seen = { agentId: string; version: number; status: DeploymentStatus };

const servable: readonly DeploymentStatus[] = ["ready", "active", "superseded"];

export function openHealingLedger(services: TestServices, of: { scope: WorkspaceScope; fake: FakeProvider }): HealingLedger {
  const agents: HealingLedger["agents"] = new Map();
  const versions: HealingLedger["versions"] = new Map();
  const [asked, cancelled, excused] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const wished = { cancel: new Set<string>(), activate: new Set<string>() };
  const live = new Map<string, string>();
  /** With their agents, as it should be. */
  const purged = new Set<string>();
  let hasLeapt = false;

  const readRows = () => services.owner.selectFrom("deployments").selectAll().orderBy("createdAt").orderBy("version").execute();
  type Row = Awaited<ReturnType<typeof readRows>>[number];

  async function look(): Promise<Row[]> {
    const rows = await readRows();
    for (const row of rows) {
      const before = versions.get(row.id)?.status ?? "queued";
      demand(leadsTo(before, row.status), `version ${row.version} went from ${before} to ${row.status}`);
      versions.set(row.id, { agentId: row.agentId, version: row.version, status: row.status });
    }
    for (const [id, seen] of versions) {
      if (rows.some((row) => row.id === id)) continue;
      demand(agents.get(seen.agentId)?.isDeleted === true, `version ${seen.version} vanished`);
      versions.delete(id);
      purged.add(id);
    }
    for (const agent of await services.owner.selectFrom("agents").select(["id", "activeDeploymentId"]).execute()) {
      lookAtAgent(
        agent,
        rows.filter((row) => row.agentId === agent.id),
      );
    }
    return rows;
  }

  function lookAtAgent(agent: { id: string; activeDeploymentId: string | null }, rows: Row[]): void {
    const numbers = rows.map((row) => row.version).sort((one, other) => one - other);
    demand(
      numbers.every((number, at) => number === at + 1),
      `versions have gaps: ${numbers}`,
    );
    const active = rows.filter((row) => row.status === "active");
    demand(active.length <= 1, `${active.length} versions are active`);
    demand((active[0]?.id ?? null) === agent.activeDeploymentId, "the pointer is not at the active version");
    const before = rows.find((row) => row.id === live.get(agent.id));
    demand(!before || active[0] !== undefined, "an agent lost its live version");
    if (!active[0]) return;
    const [now] = active;
    demand(now.prunedAt === null, `version ${now.version} is live and pruned`);
    const isByItself = now.activates && (!before || before.version <= now.version);
    demand(isByItself || before?.id === now.id || wished.activate.has(now.id), `version ${now.version} went live unasked`);
    live.set(agent.id, now.id);
  }

  const isServable = (row: Row) => servable.includes(row.status) && row.prunedAt === null;

  async function judgeEnd(): Promise<void> {
    const rows = (await look()).filter((row) => agents.get(row.agentId)?.isDeleted === false);
    for (const row of rows) judgeRow(row);
    const seen = [...asked].filter((id) => versions.has(id) || purged.has(id));
    demand(seen.length === asked.size, "a deploy was lost");
    const steps = services.owner.selectFrom("deploymentSteps").select("stage").where("outcome", "=", "running");
    demand((await steps.execute()).length === 0, "a step still runs");
    const placed = rows.filter(isServable).map((row) => row.id);
    same([...of.fake.placed.keys()], placed, "placements");
    same(storedModules(), placed, "stored modules");
    const refreshes = services.owner.selectFrom("secretRefreshes").select("deploymentId").where("finishedAt", "is", null);
    demand((await refreshes.execute()).length === 0, "secrets wait to be applied");
  }

  async function judgeRest(): Promise<void> {
    await judgeEnd();
    const agentRows = await services.owner.selectFrom("agents").select("id").execute();
    const kept = [...agents].filter(([, agent]) => !agent.isDeleted).map(([id]) => id);
    same(
      agentRows.map(({ id }) => id),
      kept,
      "agents",
    );
    for (const row of await readRows()) {
      demand(
        isServable(row) !== (row.placementRemovedAt !== null),
        `version ${row.version} (${row.id}) is not taken off for good`,
      );
    }
  }

  function judgeRow(row: Row): void {
    const what = `version ${row.version} (${row.id})`;
    demand(row.status !== "queued" && row.status !== "running", `${what} is stuck: ${row.status}, ${row.attempts} attempts`);
    demand(row.status !== "cancelled" || wished.cancel.has(row.id), `${what} was cancelled by nobody`);
    demand(!cancelled.has(row.id) || !servable.includes(row.status), `${what} was cancelled and is ${row.status}`);
    const isStopped = agents.get(row.agentId)?.wasDisabled === true;
    const mayFail =
      isStopped || excused.has(row.id) || row.attempts >= attemptsMax || (hasLeapt && row.failureCode === "overdue");
    demand(row.status !== "failed" || mayFail, `${what} was lost: ${row.failureCode}, ${row.failureReason}`);
  }

  function storedModules(): string[] {
    const names = readdirSync(join(services.directory, "blobs", of.scope.workspaceId), { withFileTypes: true });
    if (!names.some((entry) => entry.name === "modules")) return [];
    return readdirSync(join(services.directory, "blobs", of.scope.workspaceId, "modules")).map((name) =>
      name.replace(".mjs", ""),
    );
  }

  return {
    agents,
    versions,
    noteAsked: (id) => void asked.add(id),
    noteWish: (wish, id) => void wished[wish].add(id),
    noteCancelled: (id) => void cancelled.add(id),
    excuse: (id) => void excused.add(id),
    noteLeap: () => {
      hasLeapt = true;
    },
    look: async () => {
      await look();
    },
    judgeEnd,
    judgeRest,
  };
}

/** In no step, one or several: between two looks much may happen. */
function leadsTo(from: DeploymentStatus, to: DeploymentStatus): boolean {
  const reached = new Set([from]);
  for (const status of reached) for (const next of deploymentTransitions[status]) reached.add(next);
  return reached.has(to);
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

function same(found: string[], expected: string[], what: string): void {
  const [extra, missing] = [found.filter((id) => !expected.includes(id)), expected.filter((id) => !found.includes(id))];
  demand(extra.length + missing.length === 0, `${what}: too many ${extra}, missing ${missing}`);
}
