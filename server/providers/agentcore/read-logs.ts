// What a version printed, out of CloudWatch Logs, where AgentCore puts it: a group per endpoint, a stream per process beside others of its own.
//
// docs.aws.amazon.com/bedrock-agentcore/latest/devguide/observability-view.html: the group is /aws/bedrock-agentcore/runtimes/<id of the
// runtime>-<endpoint>, and what processes print is in those of its streams whose names hold "[runtime-logs]".
import type { FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import type { HostLogLine } from "~/runtime/contract/host-protocol";
import { stderrMark } from "~/runtime/contract/node-protocol";
import { redactTokens } from "~/runtime/redaction/redact-tokens";
import type { ReadLogs } from "~/server/providers/provider";
import { isDenied, isMissing } from "./aws-trouble";
import { endpointNameOf } from "./names";
import type { PlacedRecord } from "./placed-records";
import type { Room } from "./room";
import type { RuntimePlace } from "./runtimes";

const printedStreams = "[runtime-logs]";
/** Pages may be empty although more follow, and hold the lines of other streams too. */
const pagesMax = 20;
const pageSize = 1_000;
/** How far back is looked when nobody says from when on. */
const lookBackMs = 30 * 24 * 3_600_000;
const lineCharactersMax = 8_000;

/** Oldest first. The wrapper in the process has masked what it knows; what has the shape of a credential is masked once more here. */
export async function readLogs(
  room: Room,
  record: PlacedRecord,
  { limit, after }: ReadLogs,
  signal: AbortSignal,
): Promise<HostLogLine[]> {
  const { sdk, client } = (await room.aws()).logs;
  const found: HostLogLine[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < pagesMax && found.length < limit; page += 1) {
    const command = new sdk.FilterLogEventsCommand({
      logGroupName: logGroupOf(record, endpointNameOf(record)),
      startTime: after?.getTime() ?? Date.now() - lookBackMs,
      startFromHead: after !== undefined,
      limit: pageSize,
      ...(nextToken ? { nextToken } : {}),
    });
    const answer = await client.send(command, { abortSignal: signal }).catch(nothingYet);
    for (const event of answer.events ?? []) {
      if (event.logStreamName?.includes(printedStreams)) found.push(lineOf(event));
    }
    nextToken = answer.nextToken;
    if (!nextToken) break;
  }
  const lines = found.slice(0, limit);
  return after === undefined ? lines.reverse() : lines;
}

/**
 * What a tenant's agent printed does not outlive it. An installation whose policy is older than this request keeps the group and says so:
 * its versions can be taken off all the same.
 */
export async function deleteLogs(room: Room, runtime: RuntimePlace, endpoint: string): Promise<void> {
  const { sdk, client } = (await room.aws()).logs;
  const logGroupName = logGroupOf(runtime, endpoint);
  try {
    await client.send(new sdk.DeleteLogGroupCommand({ logGroupName }));
  } catch (thrown) {
    if (isMissing(thrown)) return;
    if (!isDenied(thrown)) throw thrown;
    room.log.warn(
      { logGroupName },
      "AWS does not allow to delete what a version printed: compare the policy with docs/operations/agentcore-policy.json",
    );
  }
}

function logGroupOf({ runtimeId }: RuntimePlace, endpoint: string): string {
  return `/aws/bedrock-agentcore/runtimes/${runtimeId}-${endpoint}`;
}

/** The group is made as the first process prints. */
function nothingYet(thrown: unknown): { events?: FilteredLogEvent[]; nextToken?: string } {
  if (isMissing(thrown)) return {};
  throw thrown;
}

/** CloudWatch keeps one text per line, whichever of the two outputs it came from; the wrapper marks those of the second. */
function lineOf({ timestamp = 0, message = "", eventId }: FilteredLogEvent): HostLogLine {
  const isError = message.startsWith(stderrMark);
  const text = (isError ? message.slice(stderrMark.length) : message).replace(/[\r\n]+$/, "");
  return {
    at: new Date(timestamp).toISOString(),
    stream: isError ? "stderr" : "stdout",
    // Masked before it is cut: half of a credential has no shape any more.
    line: redactTokens(text).slice(0, lineCharactersMax),
    ...(eventId ? { id: eventId } : {}),
  };
}
