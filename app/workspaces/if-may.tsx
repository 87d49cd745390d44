// Shows what somebody can use, and leaves out what the server would refuse them.
import type { ReactNode } from "react";
import type { Action } from "~/server/auth/permissions";
import { useMay } from "./use-may";

export function IfMay({ action, children }: { action: Action; children: ReactNode }) {
  return useMay()(action) ? children : null;
}
