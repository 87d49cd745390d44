// The letters about an agent: that something is wrong with it, and that it is over.
import { composeLetter } from "~/server/mail/compose-letter";
import type { Mail } from "~/server/mail/mailer";
import { calmMinutes, errorRateWindowMinutes } from "./alert-words.contract";
import type { RaisedAlert, Subject } from "./raising.queries";

type Reader = { email: string; displayName: string };
type Said = { publicUrl: URL; subject: Subject; alert: RaisedAlert };

const footnote =
  "You get this letter because you own or administer this workspace. Under Settings, Alerts, you choose which are sent.";

export function raisedLetter({ publicUrl, subject, alert }: Said, reader: Reader): Mail {
  const words = alert.rule === "error_rate" ? failingWords(subject, alert) : failedWords(subject, alert);
  return composeLetter({
    to: reader.email,
    subject: words.title,
    paragraphs: [`Hello ${reader.displayName},`, ...words.paragraphs],
    link: { label: words.label, url: new URL(agentPage(subject) + words.page, publicUrl).href },
    footnote,
  });
}

export function resolvedLetter({ publicUrl, subject, alert }: Said, reader: Reader): Mail {
  const { agentName, workspaceName } = subject;
  const isRate = alert.rule === "error_rate";
  const what = isRate
    ? `In the last ${calmMinutes} minutes few or no calls of ${agentName} failed any more, in the workspace ${workspaceName}.`
    : `A newer version of ${agentName} has worked, in the workspace ${workspaceName}.`;
  return composeLetter({
    to: reader.email,
    subject: isRate ? `Calls of ${agentName} work again` : `${agentName} deploys again`,
    paragraphs: [`Hello ${reader.displayName},`, what],
    link: { label: "Open the agent", url: new URL(agentPage(subject), publicUrl).href },
    footnote,
  });
}

type Words = { title: string; paragraphs: string[]; label: string; page: string };

function failingWords({ agentName, workspaceName }: Subject, { facts }: RaisedAlert): Words {
  const share = `${facts["failedCalls"]} of ${facts["calls"]} calls`;
  return {
    title: `Calls of ${agentName} fail`,
    paragraphs: [
      `In the last ${errorRateWindowMinutes} minutes ${share} of ${agentName} failed, in the workspace ${workspaceName}.`,
      "You are told once when it begins and once when it is over.",
    ],
    label: "See the errors",
    page: "/errors",
  };
}

function failedWords({ agentName, workspaceName }: Subject, { facts }: RaisedAlert): Words {
  return {
    title: `Version ${facts["version"]} of ${agentName} did not go live`,
    paragraphs: [
      `The deployment of version ${facts["version"]} of ${agentName} failed, in the workspace ${workspaceName}. What was live before goes on serving.`,
      "You are told once, until a newer version works.",
    ],
    label: "See what happened",
    page: `/deployments/${facts["deploymentId"]}`,
  };
}

function agentPage({ workspaceId, agentId }: Subject): string {
  return `/w/${workspaceId}/agents/${agentId}`;
}
