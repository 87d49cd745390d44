// What is said of an answer that is larger than the plan of its workspace lets.
import { AppError } from "~/server/errors";

export function answerTooLarge(bytesMax: number): AppError {
  return new AppError("RUNTIME_ERROR", `The answer is larger than ${bytesMax} bytes, which is the most of this plan.`, {
    details: { reason: "answer_too_large" },
  });
}
