// A call as the house writes it, in the form that a handler is given.
import type { HandlerRequest } from "~/runtime/contract/handler";
import type { HostInvocation } from "~/runtime/contract/host-protocol";

export function toHandlerRequest(call: HostInvocation): HandlerRequest {
  return {
    input: { messages: call.messages },
    sessionId: call.sessionId,
    options: call.options as HandlerRequest["options"],
    metadata: call.metadata,
  };
}
