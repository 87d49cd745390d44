// Who is told of an alert by letter: owners and admins, and of so many a day only. An agent that is made to fail and recover fills no letter box.
import type { Tx } from "~/db/transaction";
import { alertsByMailOfDayMax } from "./alert-words.contract";
import { listAlertReadersAcrossWorkspaces, placeOfAlertInDayAcrossWorkspaces } from "./raising.queries";

const dayMs = 24 * 60 * 60_000;
const lettersMax = 50;

/** The same when it is over as when it began: who got the one letter gets the other. */
export async function listTold(tx: Tx, of: { workspaceId: string; alertId: string; raisedAt: Date; byMail: boolean }) {
  if (!of.byMail) return [];
  const dayBegan = new Date(of.raisedAt.getTime() - dayMs);
  if ((await placeOfAlertInDayAcrossWorkspaces(tx, { ...of, dayBegan })) > alertsByMailOfDayMax) return [];
  return listAlertReadersAcrossWorkspaces(tx, of.workspaceId, lettersMax);
}
