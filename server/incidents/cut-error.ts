// What somebody reads whose stream, call or page was ended because they may not go on.
import { AppError, type ErrorCode } from "~/server/errors";

const words = {
  workspace_disabled: ["UNAUTHORIZED", "This workspace is disabled. Ask the operator of the platform."],
  account_disabled: ["UNAUTHORIZED", "This account is disabled. Ask the operator of the platform."],
  api_key_ended: ["UNAUTHENTICATED", "This API key was revoked or has expired. Make a new one in the workspace."],
  session_ended: ["UNAUTHENTICATED", "This session was ended. Sign in again."],
  membership_ended: ["UNAUTHORIZED", "You are not a member of this workspace any more. Ask an owner to invite you again."],
} as const satisfies Record<string, readonly [ErrorCode, string]>;

/** The strongest first: what is said when several hold. */
export const cutReasons = [
  "workspace_disabled",
  "account_disabled",
  "api_key_ended",
  "session_ended",
  "membership_ended",
] as const;
export type CutReason = (typeof cutReasons)[number];

/** `details.reason` is the closed word; trying again does not help. */
export function cutError(reason: CutReason): AppError {
  const [code, message] = words[reason];
  return new AppError(code, message, { details: { reason } });
}
