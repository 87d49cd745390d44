// One report of an agent host: lines of the agents that run there, taken in before it is answered.
import { HostLogReport } from "~/runtime/contract/host-logs";
import { AppError } from "~/server/errors";
import { firstLine, inputIssues } from "~/server/input-issues";
import type { LogWriter } from "./log-writer";

/** Resolves when the lines are durable. Rejects with `INVALID_REQUEST`, or a retryable 503 when too many wait. */
export async function receiveLogs(writer: Pick<LogWriter, "write">, body: unknown): Promise<void> {
  const report = HostLogReport.safeParse(body);
  if (!report.success) {
    const issues = inputIssues(report.error);
    throw new AppError("INVALID_REQUEST", firstLine(issues, "The report is not valid."), { details: { issues } });
  }
  const { source, deployments } = report.data;
  await writer.write(deployments.map((printed) => ({ ...printed, source })));
}
