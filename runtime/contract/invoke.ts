// invoke/v1: what an agent is asked and what it answers (CONTRACTS "invoke/v1"). Used by gateway, host and handlers.
import { z } from "zod";

export const InvokeMessage = z.strictObject({
  role: z.enum(["system", "user", "assistant", "tool"]),
  content: z.string().max(1_000_000),
});
export type InvokeMessage = z.infer<typeof InvokeMessage>;

const messagesMax = 200;

export const InvokeRequest = z.strictObject({
  input: z.union([
    z.strictObject({ messages: z.array(InvokeMessage).min(1).max(messagesMax) }),
    z.strictObject({ prompt: z.string().min(1).max(1_000_000) }),
  ]),
  sessionId: z.string().max(64).optional(),
  options: z
    .strictObject({ maxSteps: z.number().int().min(1).max(1_000).optional(), temperature: z.number().min(0).max(2).optional() })
    .optional(),
  metadata: z.record(z.string().max(64), z.string().max(512)).optional(),
});
export type InvokeRequest = z.infer<typeof InvokeRequest>;

/** What the handler receives: a prompt has already become one user message. */
export type HandlerRequest = {
  input: { messages: InvokeMessage[] };
  sessionId: string;
  options: { maxSteps?: number; temperature?: number };
  metadata: Record<string, string>;
};

export const InvokeUsage = z.strictObject({
  tokens: z.number().int().min(0),
  computeMs: z.number().int().min(0),
  toolCalls: z.number().int().min(0),
});
export type InvokeUsage = z.infer<typeof InvokeUsage>;

/** What an agent had reported until its call failed. */
export type ReportedUsage = Pick<InvokeUsage, "tokens" | "toolCalls">;

export type InvokeResponse = { output: { text: string }; sessionId: string; usage: InvokeUsage; traceId: string };

/** The events of a stream, in this order; `error` ends it in place of `usage` and `done`. */
export type InvokeEvent =
  | { event: "meta"; data: { traceId: string; sessionId: string; deploymentId: string; resumeUrl?: string } }
  | { event: "delta"; data: { text: string } }
  | { event: "usage"; data: InvokeUsage }
  | { event: "done"; data: Record<string, never> }
  | {
      event: "error";
      data: { error: { code: string; message: string; retryable: boolean }; traceId: string; usage?: ReportedUsage };
    };

/** The messages of a request, whichever form it used. */
export function messagesOf(request: InvokeRequest): InvokeMessage[] {
  return "prompt" in request.input ? [{ role: "user", content: request.input.prompt }] : request.input.messages;
}
