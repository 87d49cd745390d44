// Flips one of the operator's switches: the rows and both logs in one transaction, then every process is told (MISSION A8, J7).
import { inTransaction, type Tx } from "~/db/transaction";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { invalidField } from "~/server/errors";
import type { ActCall, ActNeeds, Outcome } from "./act-call";
import { type Act, actsThatAskForTheName } from "./acts.contract";
import type { Performed, PerformInput } from "./admin.contract";
import { carryOut } from "./carry-out";
import { disableUser } from "./disable-user";
import { disableWorkspace } from "./disable-workspace";
import { enableUser } from "./enable-user";
import { enableWorkspace } from "./enable-workspace";
import { endSessions } from "./end-sessions";
import { nameTarget } from "./name-target";
import { recordOperatorAct } from "./record-operator-act";
import { revokeKeys } from "./revoke-keys";

type Switch = (tx: Tx, needs: ActNeeds, call: ActCall) => Promise<Outcome>;

const switches: Record<Act, Switch> = {
  disable_user: disableUser,
  enable_user: enableUser,
  end_user_sessions: endSessions("user"),
  revoke_user_keys: revokeKeys("user"),
  disable_workspace: disableWorkspace,
  enable_workspace: enableWorkspace,
  end_workspace_sessions: endSessions("workspace"),
  revoke_workspace_keys: revokeKeys("workspace"),
  revoke_key: revokeKeys("key"),
  end_every_session: endSessions("everybody"),
};

/** Rejects with `NOT_FOUND`, `INVALID_REQUEST` for a name that was not typed right, `CONFLICT` when there is nothing to do. */
export async function performAct(
  needs: ActNeeds,
  by: { operator: UserPrincipal; visitor: Visitor },
  input: PerformInput,
): Promise<Performed> {
  const { act, targetId, reason } = input;
  const target = await nameTarget(needs.across, act, targetId);
  if (actsThatAskForTheName.includes(act) && input.confirmation !== target.name) {
    throw invalidField("confirmation", `Type ${target.name} exactly as it is written.`);
  }
  const call = { operator: by.operator, targetId, reason, at: needs.clock.now() };
  const outcome = await inTransaction(needs.across, async (tx) => {
    const done = await switches[act](tx, needs, call);
    await recordOperatorAct(tx, by, done);
    return done;
  });
  const deploymentsRung = await carryOut(needs, act, targetId);
  return { sessionsEnded: outcome.sessionsEnded, keysRevoked: outcome.keysRevoked, deploymentsRung };
}
