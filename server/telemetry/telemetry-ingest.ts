// What receiving telemetry needs and keeps between reports: a writer, fresh knowledge of deployments, and a bounded audit.
import { FreshCache } from "~/server/auth/fresh-cache";
import type { Services } from "~/server/services";
import { EventWriter } from "./event-writer";
import { RejectionAudit } from "./rejection-audit";
import type { DerivedKeys } from "./report-signature";
import { findTelemetrySourceAcrossWorkspaces } from "./telemetry.queries";

export type TelemetryNeeds = Pick<Services, "across" | "clock" | "config" | "log">;

export type TelemetrySource = NonNullable<Awaited<ReturnType<typeof findTelemetrySourceAcrossWorkspaces>>> & {
  derivedKeys: DerivedKeys;
  /** Places of root keys that signed for it since it was read: their use was said. */
  usedRootKeys: Set<number>;
};

export type TelemetryIngest = {
  needs: TelemetryNeeds;
  writer: Pick<EventWriter, "write" | "isFull" | "drain">;
  /** At most a second old, so that a rotated key counts at once. */
  sources: FreshCache<TelemetrySource>;
  rejections: RejectionAudit;
};

const sourcesMax = 10_000;

/** One per process. Call `writer.drain()` before the database is closed. */
export function createTelemetryIngest(needs: TelemetryNeeds): TelemetryIngest {
  return {
    needs,
    writer: new EventWriter(needs),
    sources: new FreshCache<TelemetrySource>({
      entriesMax: sourcesMax,
      load: async (deploymentId) => {
        const found = await findTelemetrySourceAcrossWorkspaces(needs.across, deploymentId);
        return found ? { ...found, derivedKeys: new Map(), usedRootKeys: new Set() } : null;
      },
      onRenewalError: (error) => needs.log.warn({ err: error }, "a telemetry source could not be read again"),
    }),
    rejections: new RejectionAudit(needs),
  };
}
