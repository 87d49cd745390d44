// The letter about a webhook that was switched off because nothing arrived.
import type { OffReason } from "~/db/tables/webhooks";
import { composeLetter } from "~/server/mail/compose-letter";
import type { Mail } from "~/server/mail/mailer";
import { failingDaysMax } from "./webhook-words.contract";

type Facts = {
  publicUrl: URL;
  reader: { email: string; displayName: string };
  workspaceId: string;
  workspaceName: string;
  endpointId: string;
  host: string;
  reason: OffReason;
};

export function webhookLetter({ publicUrl, reader, workspaceId, workspaceName, endpointId, host, reason }: Facts): Mail {
  const why =
    reason === "gone"
      ? `${host} answered that the address is gone (410).`
      : `For ${failingDaysMax} days nothing that was sent to ${host} was taken.`;
  return composeLetter({
    to: reader.email,
    subject: `A webhook of ${workspaceName} was switched off`,
    paragraphs: [
      `Hello ${reader.displayName},`,
      `${why} The webhook was switched off, so events of the workspace ${workspaceName} are not sent there any more.`,
      "Mend the receiver, switch the webhook on again, and send what was missed once more from its delivery log.",
    ],
    link: {
      label: "Open the webhook",
      url: new URL(`/w/${workspaceId}/settings/webhooks/${endpointId}`, publicUrl).href,
    },
    footnote: "You get this letter because you own or administer this workspace.",
  });
}
