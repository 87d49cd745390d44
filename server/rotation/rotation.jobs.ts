// The jobs that rotation promises.
import { defineJob } from "~/server/queue/queue";

/** Looks whether the primary key-encryption key has changed, and rings for what is unfinished. */
export const sweepRotationsJob = defineJob<"rotations-sweep", Record<string, never>>({
  name: "rotations-sweep",
  keyOf: () => "rotations-sweep",
  attempts: 1,
});

/** Wraps data keys anew until none is left; delivered twice or cut off, it goes on from the rows. */
export const runRotationJob = defineJob<"rotation-run", { rotationId: string }>({
  name: "rotation-run",
  keyOf: ({ rotationId }) => rotationId,
  attempts: 3,
});

/** Seals a workspace's values anew under its new data key; delivered twice or cut off, it goes on from the values. */
export const resealJob = defineJob<"data-key-reseal", { workspaceId: string }>({
  name: "data-key-reseal",
  keyOf: ({ workspaceId }) => workspaceId,
  attempts: 3,
});
