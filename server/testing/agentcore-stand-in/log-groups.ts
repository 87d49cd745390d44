// CloudWatch Logs as far as AgentCore and this adapter use it: a group per endpoint, events by time, pages that may be empty and go on all the same.
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import { findInputFault } from "./check-input";
import { VendorError } from "./vendor-error";

type LogEvent = { logStreamName: string; timestamp: number; message: string; ingestionTime: number; eventId: string };
type FilterInput = { logGroupName?: string; startTime?: number; startFromHead?: boolean; limit?: number; nextToken?: string };

export type LogGroups = {
  groups: Map<string, LogEvent[]>;
  /** What a process printed, one event per line; the group is made by the first. */
  write(group: string, stream: string, text: string): void;
  act(operation: string, input: Record<string, unknown>): unknown;
};

const pageSize = 3;
/** Newest first is not possible for times before. */
const backwardsSince = Date.parse("2024-01-01T00:00:00Z");

export function createLogGroups(): LogGroups {
  const groups = new Map<string, LogEvent[]>();
  let made = 0;

  function groupOf({ logGroupName = "" }: FilterInput): LogEvent[] {
    const events = groups.get(logGroupName);
    if (!events) throw new VendorError("ResourceNotFoundException", `no group ${logGroupName}`);
    return events;
  }

  function filter(input: FilterInput) {
    const { startTime = 0, startFromHead = true, limit = 10_000, nextToken } = input;
    if (!startFromHead && startTime < backwardsSince)
      throw new VendorError("InvalidParameterException", "startTime is too early");
    const events = groupOf(input).filter(({ timestamp }) => timestamp >= startTime);
    if (!startFromHead) events.reverse();
    // The first page is empty, so that a caller who takes that for the end is found out.
    if (nextToken === undefined) return { events: [], nextToken: "0", searchedLogStreams: [] };
    const until = Number(nextToken) + Math.min(limit, pageSize);
    const more = until < events.length ? { nextToken: String(until) } : {};
    return { events: events.slice(Number(nextToken), until), searchedLogStreams: [], ...more };
  }

  return {
    groups,
    write(group, stream, text) {
      const events = groups.get(group) ?? [];
      groups.set(group, events);
      const timestamp = Date.now();
      for (const message of text.split("\n").filter((line) => line !== "")) {
        made += 1;
        events.push({
          logStreamName: stream,
          timestamp,
          message,
          ingestionTime: timestamp,
          eventId: String(made).padStart(56, "0"),
        });
      }
    },
    act(operation, input) {
      const fault = findInputFault(operation, input, logs);
      if (fault) throw new VendorError("InvalidParameterException", fault);
      if (operation === "FilterLogEvents") return filter(input);
      if (operation !== "DeleteLogGroup") throw new VendorError("InvalidParameterException", `${operation} is not built`);
      groupOf(input);
      groups.delete(String(input["logGroupName"]));
      return {};
    },
  };
}
