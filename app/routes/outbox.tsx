// The letters of an installation without a mail server, for its operator.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { Inbox } from "lucide-react";
import { MailText } from "~/app/accounts/mail-text";
import { PersonFrame } from "~/app/frame/person-frame";
import { pageTitle } from "~/app/page-title";
import { load } from "~/app/rpc";
import { EmptyState } from "~/app/ui/empty-state";
import { Moment } from "~/app/ui/moment";
import { PageHeader } from "~/app/ui/page-header";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";

export function meta() {
  return pageTitle("Outbox");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { accounts } = context.api();
  const url = new URL(request.url);
  const cursor = url.searchParams.get("cursor");
  const [me, page] = await load({ request, context }, () =>
    Promise.all([accounts.me(), accounts.outbox({ limit: 25, ...(cursor ? { cursor } : {}) })]),
  );
  return { me, page, origin: url.origin };
}

export default function Outbox() {
  const { me, page, origin } = useLoaderData<typeof loader>();
  return (
    <PersonFrame me={me}>
      <PageHeader
        title="Outbox"
        description="This installation has no mail server: its letters wait here, sealed, for the operator. Their links work once."
      />
      <Panel isFlush>
        {page.items.length === 0 ? (
          <EmptyState icon={Inbox} title="No letters">
            When somebody signs up or forgets a password, the letter appears here.
          </EmptyState>
        ) : (
          <ul className="divide-y divide-line">
            {page.items.map((mail) => (
              <li key={mail.mailId} className="grid grid-cols-1 gap-2 px-4 py-4 sm:px-5">
                <div className="flex flex-wrap items-baseline justify-between gap-x-4 text-sm">
                  <h2 className="font-medium">{mail.subject}</h2>
                  <p className="text-[0.8125rem] text-ink-3">
                    to <span className="break-all">{mail.recipient}</span>, <Moment at={mail.createdAt} />
                  </p>
                </div>
                <MailText text={mail.text} origin={origin} />
              </li>
            ))}
          </ul>
        )}
        <Pager nextCursor={page.nextCursor} shown={page.items.length} noun="letters" />
      </Panel>
    </PersonFrame>
  );
}
