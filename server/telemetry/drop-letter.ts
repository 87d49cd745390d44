// The words of the alert that reports of a deployment's calls do not arrive.
import { composeLetter } from "~/server/mail/compose-letter";
import type { Mail } from "~/server/mail/mailer";
import type { DroppingDeployment } from "./drops.queries";

type Facts = {
  publicUrl: URL;
  reader: { email: string; displayName: string };
  /** All of one workspace. */
  dropping: readonly [DroppingDeployment, ...DroppingDeployment[]];
};

const namedMax = 20;

export function dropLetter({ publicUrl, reader, dropping }: Facts): Mail {
  const [first] = dropping;
  const named = dropping.slice(0, namedMax).map(lineOf);
  const others = dropping.length > namedMax ? [`and ${dropping.length - namedMax} more`] : [];
  const page = dropping.length === 1 ? `/agents/${first.agentId}/metrics` : "/usage";
  return composeLetter({
    to: reader.email,
    subject: `Telemetry of ${dropping.length === 1 ? first.agentName : `${dropping.length} deployments`} is missing`,
    paragraphs: [
      `Hello ${reader.displayName},`,
      `In the last 24 hours the gateway let more calls through than runtimes reported, in the workspace ${first.workspaceName}. ${[...named, ...others].join("; ")}.`,
      "Calls were answered all the same, and their number and time are the gateway's own measure. Tokens, tool calls and estimated cost of what is missing are not counted. Look whether the runtime can reach this address, and whether its clock is right.",
    ],
    link: { label: "See what is missing", url: new URL(`/w/${first.workspaceId}${page}`, publicUrl).href },
    footnote:
      "You get this letter because you own or administer this workspace. It is sent at most once a day for each deployment.",
  });
}

function lineOf({ agentName, version, expectedEvents, receivedEvents }: DroppingDeployment): string {
  const missing = expectedEvents - receivedEvents;
  const share = ((missing / expectedEvents) * 100).toFixed(1);
  return `${agentName}, version ${version}: ${missing} of ${expectedEvents} reports (${share} %)`;
}
