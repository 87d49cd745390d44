// The runtime that answers a call. Its caller chose none: one that is gone is no fault of the request.
import { AppError } from "~/server/errors";
import type { Provider } from "~/server/providers/provider";
import type { AdmittedCall } from "./admit-call";
import type { Gateway } from "./gateway";

/** Throws `RUNTIME_ERROR`, not retryable: somebody has to set the runtime up, or move the agent. */
export function providerOfCall(gateway: Gateway, { deployment: { runtime } }: AdmittedCall): Provider {
  const provider = gateway.needs.providers.list().find((offered) => offered.runtime === runtime);
  if (provider) return provider;
  throw new AppError(
    "RUNTIME_ERROR",
    "The runtime of this agent is not set up here any more. Its owner can move it to another.",
    {
      details: { reason: "runtime_not_offered" },
    },
  );
}
