// Which class of errors a code is counted under.
import type { ErrorClass } from "~/db/tables/invocations";

export function errorClassOf(code: string): ErrorClass {
  if (code === "RUNTIME_ERROR") return "runtime";
  if (code === "RATE_LIMITED" || code === "LIMIT_EXCEEDED") return "limit";
  return code === "UNAUTHENTICATED" || code === "UNAUTHORIZED" ? "auth" : "unknown";
}
