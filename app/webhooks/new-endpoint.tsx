// Adds an endpoint: a channel of Slack that people read, or a receiver of one's own. The address of the page says which form is open.
import { Link, useParams } from "@remix-run/react";
import { Hash, type LucideIcon, Webhook } from "lucide-react";
import type { ReactNode } from "react";
import { paths } from "~/app/paths";
import { classNames } from "~/app/ui/class-names";
import { Panel } from "~/app/ui/panel";
import { webhooksMax } from "~/server/webhooks/webhook-words.contract";
import type { Webhooks } from "~/server/webhooks/webhooks.contract";
import type { WebhookAnswer } from "./change-webhooks";
import { NewSlackChannel } from "./new-slack-channel";
import { NewWebhook } from "./new-webhook";

type Props = { webhooks: Webhooks; isForSlack: boolean; mayApprove: boolean; answer: WebhookAnswer | undefined };

export function NewEndpoint({ webhooks: { hosts, items, slackHosts }, isForSlack, mayApprove, answer }: Props) {
  const { workspaceId = "" } = useParams();
  if (items.length >= webhooksMax) return null;
  const approved = hosts.map(({ host }) => host);
  return (
    <Panel title="Add where events go">
      <nav aria-label="What is added" className="mb-5 grid grid-cols-1 gap-3 sm:grid-cols-2">
        <Kind to={paths.webhooks(workspaceId, "slack")} icon={Hash} title="Slack channel" isChosen={isForSlack}>
          Messages that people read, with a link to what happened.
        </Kind>
        <Kind to={paths.webhooks(workspaceId)} icon={Webhook} title="Signed webhook" isChosen={!isForSlack}>
          JSON for a program of yours, signed as Standard Webhooks says.
        </Kind>
      </nav>
      {isForSlack ? (
        <NewSlackChannel
          key={items.length}
          slackHosts={slackHosts}
          isApproved={slackHosts.some((host) => approved.includes(host))}
          mayApprove={mayApprove}
          answer={answer}
        />
      ) : (
        <NewWebhook key={items.length} hosts={approved} answer={answer} />
      )}
    </Panel>
  );
}

type KindProps = { to: string; icon: LucideIcon; title: string; isChosen: boolean; children: ReactNode };

function Kind({ to, icon: Icon, title, isChosen, children }: KindProps) {
  return (
    <Link
      to={to}
      preventScrollReset
      aria-current={isChosen ? "true" : undefined}
      className={classNames(
        "flex items-start gap-3 rounded-md border px-3 py-2.5 transition-colors",
        isChosen ? "border-accent bg-accent-soft" : "border-line hover:bg-hover",
      )}
    >
      <Icon aria-hidden="true" className="mt-1 size-4 shrink-0 text-ink-3" />
      <span className="min-w-0">
        <span className="block font-medium text-ink text-sm leading-6">{title}</span>
        <span className="block text-[0.8125rem] text-ink-2 leading-5">{children}</span>
      </span>
    </Link>
  );
}
