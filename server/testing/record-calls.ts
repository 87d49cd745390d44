// Calls as the gateway writes them down, many at a time, for tests of what is counted from them.
import { newId } from "~/server/ids";
import type { LiveAgent } from "./live-agent";
import type { TestServices } from "./test-services";

export type RecordedCall = { ms: number; at: Date; isFailed?: boolean; isTurnedAway?: boolean };

/** In one statement, like a group of the recorder. */
export async function recordCalls(
  services: Pick<TestServices, "across">,
  source: LiveAgent,
  calls: RecordedCall[],
): Promise<void> {
  const { workspaceId, agentId, deploymentId } = source;
  const nothing = { sessionId: null, errorCode: null, errorClass: null, errorMessage: null };
  await services.across
    .insertInto("invocations")
    .values(
      calls.map(({ ms, at, isFailed = false, isTurnedAway = false }) => ({
        ...nothing,
        id: newId("invocation"),
        traceId: newId("trace"),
        workspaceId,
        agentId,
        deploymentId,
        principal: "api_key:key_1",
        mode: "json" as const,
        outcome: isFailed ? ("error" as const) : ("ok" as const),
        computeMs: ms,
        tokens: 0,
        firstByteMs: 1,
        startedAt: at,
        reachedRuntime: !isTurnedAway,
      })),
    )
    .execute();
}
