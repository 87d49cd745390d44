// What a cell of the isolation walk must come to: derived from the table of permissions, explicit where a row says so.
import { type Action, presetMay, roleMay } from "~/server/auth/permissions";
import type { ErrorCode } from "~/server/errors";
import type { Who } from "./procedure-row";
import type { Walker } from "./walkers";

/** Whose the named things are: the caller's, another tenant's, nobody's, or not even ids. */
export const whoseIds = ["own", "foreign", "missing", "malformed"] as const;
export type Whose = (typeof whoseIds)[number];

/** One call: by whom, with whose ids, wishing for whose workspace. For an outsider `own` means the workspace that is walked. */
export type Cell = { walker: Walker; ids: Whose; workspace: Whose };

export type Outcome = "OK" | "STEP_UP" | ErrorCode;

/** `machine`: a signature or a token that none of the walkers has. */
export type RouteWho = Who | "machine";

/** What the rows of procedures and of routes have in common. */
export type Judged = {
  who: RouteWho;
  proven?: true;
  names?: readonly string[];
  own?: ErrorCode;
  malformed?: ErrorCode;
  readsCaller?: true;
  /** A person may name things of all their workspaces: what they name is found before their role there is judged. */
  looksFirst?: true;
};

/** Every cell of a row: four kinds of ids where it names any, three workspaces that are not the caller's where it needs one. */
export function cellsOf(row: Judged, callers: readonly Walker[]): Cell[] {
  const ids: readonly Whose[] = row.names ? whoseIds : ["own"];
  const elsewhere: readonly Whose[] = isAction(row.who) ? ["foreign", "missing", "malformed"] : [];
  return callers.flatMap((walker) => [
    ...ids.map((whose) => ({ walker, ids: whose, workspace: "own" as const })),
    ...elsewhere.map((whose) => ({ walker, ids: "foreign" as const, workspace: whose })),
  ]);
}

export function judgeCell(row: Judged, cell: Cell): Outcome {
  const refusal = refusalOf(row, cell.walker, cell.workspace);
  const isHidden = row.looksFirst && cell.ids !== "own" && cell.walker.kind === "member";
  if (refusal === "UNAUTHORIZED" && isHidden) return "NOT_FOUND";
  if (refusal) return refusal;
  if (!row.names || cell.ids === "own") return row.own ?? "OK";
  return cell.ids === "malformed" ? (row.malformed ?? "NOT_FOUND") : "NOT_FOUND";
}

/** Who may not even ask: the same answer whatever they name. */
function refusalOf(row: Judged, walker: Walker, workspace: Whose): Outcome | null {
  if (row.who === "machine") return "UNAUTHENTICATED";
  if (row.who === "anybody") return row.readsCaller && isRevokedKey(walker) ? "UNAUTHENTICATED" : null;
  if (walker.kind === "nobody") return "UNAUTHENTICATED";
  if (isAction(row.who)) {
    if (walker.kind === "outsider" || workspace !== "own") return "NOT_FOUND";
    if (!may(walker, row.who)) return "UNAUTHORIZED";
  } else {
    if (walker.kind === "key") return "UNAUTHORIZED";
    if (row.who === "operator" && !isOperator(walker)) return "NOT_FOUND";
  }
  if (!row.proven) return null;
  if (walker.kind === "key") return "UNAUTHORIZED";
  return walker.kind === "member" && walker.isStale ? "STEP_UP" : null;
}

function may(walker: Extract<Walker, { kind: "member" | "key" }>, action: Action): boolean {
  return walker.kind === "member" ? roleMay(walker.role, action) : presetMay(walker.preset, action);
}

function isAction(who: RouteWho): who is Action {
  return who.includes(".");
}

function isOperator(walker: Walker): boolean {
  return walker.kind === "outsider" && walker.isOperator;
}

function isRevokedKey(walker: Walker): boolean {
  return walker.kind === "nobody" && walker.shows === "revoked key";
}
