// Keeps the report of a sweep's last run, so that an operator sees when the house stops cleaning up after itself.
import { AppError } from "~/server/errors";
import { redactText } from "~/server/redaction/redact-text";
import type { Services } from "~/server/services";
import { toStorableText } from "~/server/storable-text";
import { upsertSweepRunAcrossWorkspaces } from "./overview.queries";

const failureCharactersMax = 500;

/** Runs `sweep` and keeps its report. Rejects as `sweep` does; a report that cannot be written is only logged. */
export async function recordSweep(
  needs: Pick<Services, "across" | "clock" | "log">,
  name: string,
  sweep: () => Promise<void>,
): Promise<void> {
  const startedAt = needs.clock.now();
  const report = async (failure: string | null) => {
    const run = { name, startedAt, finishedAt: needs.clock.now(), failure };
    await upsertSweepRunAcrossWorkspaces(needs.across, run).catch((error: unknown) =>
      needs.log.warn({ err: error, sweep: name }, "the report of a sweep could not be written"),
    );
  };
  try {
    await sweep();
  } catch (error) {
    await report(wordsOf(error));
    throw error;
  }
  await report(null);
}

/** Only our own words are safe to show; the rest is in the log. */
function wordsOf(error: unknown): string {
  const words = error instanceof AppError ? error.message : "It failed on our side; the log of the worker says why.";
  return toStorableText(redactText(words).slice(0, failureCharactersMax));
}
