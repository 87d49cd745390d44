// A sealed value that does not open leaves a line in its owner's audit log: somebody may have tried to move or alter it (MISSION F3).
import { CauseBudget } from "~/server/rate-limit/cause-budget";
import type { Services } from "~/server/services";
import type { RefusalReason } from "~/server/vault/create-vault";
import type { SealedPlace } from "~/server/vault/vault";
import { platformChain, recordWorkspaceAudit } from "./record-audit";

type Needs = Pick<Services, "across" | "clock" | "log">;

/** A lifetime: one per process and vault. Never rejects: a value stays refused whether or not that could be written down. */
export class RefusedOpenings {
  readonly #needs: Needs;
  readonly #causes = new CauseBudget();

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** One line a minute for each place and reason, with a count of what went unwritten. */
  async note(place: SealedPlace, reason: RefusalReason): Promise<void> {
    const { across, clock, log } = this.#needs;
    const suppressed = this.#causes.admit([place.ownerId, place.kind, place.id, place.name, reason].join("/"), clock.now());
    if (suppressed === null) return;
    log.error({ place, reason }, "a sealed value was refused");
    const chain = place.ownerId.startsWith("wks_") ? place.ownerId : platformChain;
    try {
      await recordWorkspaceAudit(across, chain, {
        actorKind: "system",
        action: "sealed_value.refuse",
        targetKind: place.kind,
        targetId: place.id,
        metadata: { name: place.name, version: place.version, reason, alsoSuppressed: suppressed },
      });
    } catch (error) {
      log.error({ err: error, place }, "a refused opening could not be audited");
    }
  }
}
