// What a hostile agent prints harms nobody else's log: no count of it outgrows the database, no search of it holds the database for long.
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { ShippedLine } from "~/runtime/contract/host-logs";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { ensureLogPartitionAcrossWorkspaces } from "./intake.queries";
import { listLogs } from "./list-logs";
import { LogWriter } from "./log-writer";
import { receiveLogs } from "./receive-logs";

const now = new Date("2026-11-22T10:20:00Z");
const source = "0".repeat(26);
/** As many as an integer of PostgreSQL holds. */
const integerMax = 2_147_483_647;

type Live = { tenant: Awaited<ReturnType<typeof createTestTenant>>; agent: LiveAgent };

let services: TestServices;
let loud: Live;
let quiet: Live;

beforeAll(async () => {
  services = await createTestServices({ now });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  services.clock.set(now);
  [loud, quiet] = await Promise.all([liveTenant(), liveTenant()]);
});

async function liveTenant(): Promise<Live> {
  const tenant = await createTestTenant(services);
  return { tenant, agent: await createLiveAgent(services, tenant, null) };
}

function line(seq: number, said: Partial<ShippedLine>): ShippedLine {
  return { seq, at: services.clock.now().toISOString(), stream: "stdout", line: "x", ...said };
}

it("takes in the lines of neighbours beside those of an agent that had billions left out, reported together", async () => {
  const writer = new LogWriter(services);
  const used = { lines: 1, bytes: 64 * 1024 * 1024 + 1, leftOut: 0, minuteLines: 0, minuteBytes: 0, untold: integerMax - 1 };
  const { agentId, deploymentId } = loud.agent;
  const place = { deploymentId, agentId, workspaceId: loud.tenant.scope.workspaceId };
  await services.owner
    .insertInto("agentLogDays")
    .values({ ...place, ...used, day: "2026-11-22", minute: now })
    .execute();
  await receiveLogs(writer, {
    source,
    deployments: [
      { deploymentId, lines: [line(1, {}), line(2, {}), line(3, { stream: "host", leftOut: 2 ** 53 - 1 })] },
      { deploymentId: quiet.agent.deploymentId, lines: [line(1, { line: "quiet" })] },
    ],
  });
  const asked = { agentId: quiet.agent.agentId, order: "newest", limit: 10 } as const;
  const { items } = await listLogs(services, quiet.tenant.scope, asked);
  expect(items.map(({ line: text }) => text)).toEqual(["quiet"]);
});

it("answers a search for words that were made to be slow, in a whole look of lines made for them, before the database gives up", async () => {
  const { tenant, agent } = loud;
  await ensureLogPartitionAcrossWorkspaces(services.across, "d7", "2026-11-22");
  await sql`
    insert into agent_log_lines (retention_class, at, workspace_id, agent_id, deployment_id, stream, line, is_cut)
    select 'd7', ${now}, ${tenant.scope.workspaceId}, ${agent.agentId}, ${agent.deploymentId}, 'stdout', repeat('a', 8000), false
    from generate_series(1, 5000)`.execute(services.owner);
  const find = (search: string) =>
    listLogs(services, tenant.scope, { agentId: agent.agentId, order: "newest", limit: 1, search });
  for (const length of [197, 198, 199]) expect((await find(`${"a".repeat(length)}b`)).items).toEqual([]);
  expect((await find("A".repeat(200))).items).toHaveLength(1);
});
