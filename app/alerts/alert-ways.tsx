// Where alerts go: by letter, to channels of Slack, to webhooks; and where to set up what is not.
import { Link, useParams } from "@remix-run/react";
import { Hash, type LucideIcon, Mail, Webhook } from "lucide-react";
import type { ReactNode } from "react";
import { paths } from "~/app/paths";
import { countOf } from "~/app/ui/measures";
import type { Alerts } from "~/server/alerts/alerts.contract";

type Props = { goesTo: Alerts["goesTo"]; maySee: boolean; maySetUp: boolean };

export function AlertWays({ goesTo: { slackChannels, signedWebhooks }, maySee, maySetUp }: Props) {
  const { workspaceId = "" } = useParams();
  const all = maySee ? paths.webhooks(workspaceId) : null;
  return (
    <ul className="divide-y divide-line">
      <Way icon={Mail} name="Letters">
        To owners and admins, for what is chosen below.
      </Way>
      <Way icon={Hash} name="Slack">
        {slackChannels > 0 ? (
          <There to={all}>{countOf(slackChannels, "channel")}</There>
        ) : (
          <NotYet to={maySetUp ? paths.webhooks(workspaceId, "slack") : null}>Add a Slack channel</NotYet>
        )}
      </Way>
      <Way icon={Webhook} name="Webhooks">
        {signedWebhooks > 0 ? (
          <There to={all}>{countOf(signedWebhooks, "signed webhook")}</There>
        ) : (
          <NotYet to={maySetUp ? paths.webhooks(workspaceId) : null}>Add a signed webhook</NotYet>
        )}
      </Way>
    </ul>
  );
}

function Way({ icon: Icon, name, children }: { icon: LucideIcon; name: string; children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-0.5 px-4 py-3 sm:px-5">
      <span className="flex w-28 items-center gap-2 font-medium text-ink text-sm leading-6">
        <Icon aria-hidden="true" className="size-4 shrink-0 text-ink-3" />
        {name}
      </span>
      <span className="min-w-0 flex-1 basis-56 text-ink-2 text-sm leading-6">{children}</span>
    </li>
  );
}

/** Each of them has chosen its events. */
function There({ to, children }: { to: string | null; children: string }) {
  return (
    <>
      To{" "}
      {to ? (
        <Link className="text-accent underline underline-offset-2" to={to}>
          {children}
        </Link>
      ) : (
        children
      )}
      , for the events chosen there.
    </>
  );
}

function NotYet({ to, children }: { to: string | null; children: string }) {
  if (!to) return "Not set up.";
  return (
    <>
      Not set up.{" "}
      <Link className="text-accent underline underline-offset-2" to={to}>
        {children}
      </Link>
    </>
  );
}
