// What the house notes of each placed version beside its code: where its runtime is and what another version of it needs.
import { z } from "zod";
import { recordKeyOf, tagsOf } from "./names";
import { deleteObjects, putObject, readObject } from "./objects";
import type { Room } from "./room";

const PlacedRecord = z.object({
  deploymentId: z.string(),
  agentId: z.string(),
  workspaceId: z.string(),
  userId: z.string(),
  version: z.number(),
  timeoutMs: z.number(),
  stateKey: z.string(),
  moduleSha256: z.string(),
  networkAllow: z.array(z.string()).optional(),
  claimsTools: z.boolean().optional(),
  runtimeArn: z.string(),
  runtimeId: z.string(),
  /** AgentCore's version that the endpoint of this deployment points at; each refresh of secrets makes another. */
  runtimeVersion: z.string(),
  /** Earlier versions that still hold older values. */
  formerVersions: z.array(z.string()),
});
export type PlacedRecord = z.infer<typeof PlacedRecord>;

export type PlacedRecords = {
  /** Not older than the pace says. Null: this version is not placed, or not yet whole. */
  find(deploymentId: string, signal: AbortSignal): Promise<PlacedRecord | null>;
  /** As it is now. */
  read(deploymentId: string, signal: AbortSignal): Promise<PlacedRecord | null>;
  write(record: PlacedRecord): Promise<void>;
  remove(deploymentId: string): Promise<void>;
};

const keptMax = 5_000;

type Kept = { record: Promise<PlacedRecord | null>; at: number };
type Needs = Pick<Room, "aws" | "config" | "environment" | "pace">;

export function createPlacedRecords(needs: Needs): PlacedRecords {
  const kept = new Map<string, Kept>();
  const { environment } = needs;

  function keep(deploymentId: string, record: Promise<PlacedRecord | null>): Promise<PlacedRecord | null> {
    kept.delete(deploymentId);
    kept.set(deploymentId, { record, at: performance.now() });
    const [oldest] = kept.keys();
    if (kept.size > keptMax && oldest !== undefined) kept.delete(oldest);
    record.then(
      (found) => found === null && forget(deploymentId, record),
      () => forget(deploymentId, record),
    );
    return record;
  }

  function forget(deploymentId: string, record: Promise<PlacedRecord | null>): void {
    if (kept.get(deploymentId)?.record === record) kept.delete(deploymentId);
  }

  async function read(deploymentId: string, signal: AbortSignal): Promise<PlacedRecord | null> {
    const stored = await readObject(needs, recordKeyOf(environment, deploymentId), signal);
    return stored && PlacedRecord.parse(JSON.parse(stored.text));
  }

  return {
    read,
    find(deploymentId, signal) {
      const known = kept.get(deploymentId);
      if (known && performance.now() - known.at < needs.pace.recordMs) return known.record;
      // Shared by all who ask meanwhile, so nobody's own signal may end it; each read has the client's deadline.
      signal.throwIfAborted();
      return keep(deploymentId, read(deploymentId, new AbortController().signal));
    },
    async write(record) {
      const write = {
        key: recordKeyOf(environment, record.deploymentId),
        body: JSON.stringify(record),
        contentType: "application/json",
        tags: tagsOf(environment, record),
      };
      await putObject(needs, write);
      void keep(record.deploymentId, Promise.resolve(record));
    },
    async remove(deploymentId) {
      kept.delete(deploymentId);
      await deleteObjects(needs, [recordKeyOf(environment, deploymentId)]);
      kept.delete(deploymentId);
    },
  };
}
