// The letter about a webhook that was switched off because nothing arrived.
import type { OffReason, WebhookKind } from "~/db/tables/webhooks";
import { composeLetter } from "~/server/mail/compose-letter";
import type { Mail } from "~/server/mail/mailer";
import { failingDaysMax } from "./webhook-words.contract";

type Facts = {
  publicUrl: URL;
  reader: { email: string; displayName: string };
  workspaceId: string;
  workspaceName: string;
  endpointId: string;
  kind: WebhookKind;
  host: string;
  reason: OffReason;
};

export function webhookLetter({ publicUrl, reader, workspaceId, workspaceName, endpointId, ...what }: Facts): Mail {
  const { called, why, mend } = what.kind === "slack" ? slackWords(what) : signedWords(what);
  return composeLetter({
    to: reader.email,
    subject: `A ${called} of ${workspaceName} was switched off`,
    paragraphs: [
      `Hello ${reader.displayName},`,
      `${why} The ${called} was switched off, so events of the workspace ${workspaceName} are not sent there any more.`,
      mend,
    ],
    link: {
      label: `Open the ${called}`,
      url: new URL(`/w/${workspaceId}/settings/webhooks/${endpointId}`, publicUrl).href,
    },
    footnote: "You get this letter because you own or administer this workspace.",
  });
}

type Words = { called: string; why: string; mend: string };

function signedWords({ host, reason }: Pick<Facts, "host" | "reason">): Words {
  return {
    called: "webhook",
    why:
      reason === "gone"
        ? `${host} answered that the address is gone (410).`
        : `For ${failingDaysMax} days nothing that was sent to ${host} was taken.`,
    mend: "Mend the receiver, switch the webhook on again, and send what was missed once more from its delivery log.",
  };
}

function slackWords({ reason }: Pick<Facts, "reason">): Words {
  const isGone = reason === "gone";
  return {
    called: "Slack channel",
    why: isGone
      ? "Slack answered that the channel or its incoming webhook is no more."
      : `For ${failingDaysMax} days Slack took none of the messages that were sent to it.`,
    mend: isGone
      ? "Make an incoming webhook in Slack for a channel that is in use, add it here, and remove this one."
      : "Its delivery log says what Slack answered. Mend that, switch it on again, and send what was missed once more.",
  };
}
