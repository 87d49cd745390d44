// A whole answer is as large as the plan lets, like a stream. What it took to make one that is larger is charged.
import type { InvokeResponse } from "~/runtime/contract/invoke";
import { withSpent } from "~/server/providers/spent-at-fault";
import { answerTooLarge } from "./answer-too-large";

/** UTF-8 of one unit of UTF-16, at most. */
const bytesPerUnit = 3;

/** Throws `RUNTIME_ERROR` with the reason `answer_too_large`. */
export function assertAnswerFits({ output: { text }, usage }: InvokeResponse, bytesMax: number): void {
  if (text.length * bytesPerUnit <= bytesMax || Buffer.byteLength(text) <= bytesMax) return;
  throw withSpent(answerTooLarge(bytesMax), { tokens: usage.tokens, toolCalls: usage.toolCalls });
}
