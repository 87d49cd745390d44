// The refusals that a judge gathers, in the order in which the act would meet them.
import { AppError } from "~/server/errors";
import type { ForeseenRefusal } from "./foresight.contract";

export class Refusals {
  readonly all: AppError[] = [];

  add(refusal: AppError): void {
    this.all.push(refusal);
  }

  /** What `judge` says, or null when it refuses. What is no refusal of ours passes through. */
  async unless<T>(judge: () => T | Promise<T>): Promise<T | null> {
    try {
      return await judge();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.add(error);
      return null;
    }
  }
}

export function toForeseen({ code, message, details }: AppError): ForeseenRefusal {
  return { code, message, reason: details.reason ?? null, limitType: details.limitType ?? null };
}
