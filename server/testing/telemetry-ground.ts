// A durable PostgreSQL of the campaign's own, that it may kill: signal 9 to the server, as a machine that loses its power would end it.
import { mkdirSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { openDb } from "~/db/client";
import { migrateToLatest } from "~/db/migrate";
import { ensurePostgres } from "~/launch/postgres";
import { createTestAgent, createTestDeployment, createTestWorkspace } from "./factories";
import type { TelemetryGround } from "./telemetry-campaign";
import type { CampaignSource } from "./telemetry-senders";

/** `directory` is made, and is the caller's to remove after `close()`. */
export async function openTelemetryGround(places: {
  directory: string;
  redisUrl: string;
  workspaces: number;
  agentsOfEach: number;
}): Promise<TelemetryGround & { close(): Promise<void> }> {
  const directory = path.join(places.directory, "processes");
  mkdirSync(directory, { recursive: true });
  const start = () => ensurePostgres({ directory: path.join(places.directory, "postgres"), durable: true, connectionsMax: 100 });
  let postgres = await start();
  const owner = openDb({ url: postgres.url, role: "owner", connectionsMax: 4, statementTimeoutMs: 600_000 });
  await migrateToLatest(owner);
  const sources: CampaignSource[] = [];
  for (let nth = 0; nth < places.workspaces; nth += 1) {
    const workspace = await createTestWorkspace({ owner });
    for (let agent = 0; agent < places.agentsOfEach; agent += 1) {
      const { id: agentId } = await createTestAgent({ owner }, workspace);
      const deployment = await createTestDeployment(
        { owner },
        { id: agentId, workspaceId: workspace.id, name: "", owner: workspace.owner },
      );
      sources.push({ workspaceId: workspace.id, agentId, ownerUserId: workspace.owner.id, deploymentId: deployment.id });
    }
  }
  return {
    databaseUrl: postgres.url,
    redisUrl: places.redisUrl,
    directory,
    owner,
    sources,
    killDatabase: async () => {
      if (postgres.process) process.kill(postgres.process.pid, "SIGKILL");
      postgres = await start();
    },
    close: async () => {
      await owner.destroy();
      await postgres.stop();
    },
  };
}
