// What a row of the isolation walk says of its procedure: who may call it, which ids it names, and an input that reaches its verb (MISSION A3).
import type { Action } from "~/server/auth/permissions";
import type { ErrorCode } from "~/server/errors";
import type { Ids } from "./named-ids";

/** An action means: a member of the workspace whose role allows it, or a key whose preset does. */
export type Who = "anybody" | "person" | "operator" | Action;

export type ProcedureRow = {
  who: Who;
  /** Made by a `proven…Procedure`: asks for a fresh proof, and refuses keys. */
  proven?: true;
  /** The ids in the input: somebody else's must answer exactly as missing ones. */
  names?: readonly (keyof Ids)[];
  /** A valid input; everything that is not an id may be constant. */
  input: (ids: Ids) => unknown;
  /** What the caller's own things answer when it is not "ok": the input is well formed and refused for another reason. */
  own?: ErrorCode;
  /** What a text answers that is no id, when the verb does not simply find nothing. */
  malformed?: ErrorCode;
  /** For anybody, but it looks who calls (a session to be replaced): a key that is not valid is refused first. */
  readsCaller?: true;
  /** A mutation that changes no row here: the thing is in that state already. */
  idle?: true;
  /** A wrong try is counted and written down, though it is refused. */
  tries?: true;
  /** Why the row is unusual, for the reader of the matrix. */
  note?: string;
};
