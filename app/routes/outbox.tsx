// All letters, for the operator: held where there is no mail server, else what became of each.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { Inbox } from "lucide-react";
import { useHoldsLetters } from "~/app/accounts/outbox-hint";
import { OutboxList } from "~/app/accounts/outbox-list";
import { AdminTabs } from "~/app/admin/admin-tabs";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { PersonFrame } from "~/app/frame/person-frame";
import { pageTitle } from "~/app/page-title";
import { load, submit } from "~/app/rpc";
import { EmptyState } from "~/app/ui/empty-state";
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

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const problem = await submit({ request, context }, () => context.api().accounts.retryMail({ mailId: form.text("mailId") }));
  return { problem };
}

const descriptions = {
  held: "This installation has no mail server: its letters wait here, sealed, for the operator. Their links work once.",
  carried:
    "What became of the letters of the last seven days. Their words are gone once they are sent, and are nobody's to read before.",
};

export default function Outbox() {
  const { me, page, origin } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  return (
    <PersonFrame me={me} isWide>
      <AdminTabs />
      <PageHeader title="Outbox" description={descriptions[useHoldsLetters() ? "held" : "carried"]} />
      <FormSummary problem={answer?.problem} />
      <Panel isFlush>
        {page.items.length === 0 ? (
          <EmptyState icon={Inbox} title="No letters">
            When somebody signs up or forgets a password, the letter appears here.
          </EmptyState>
        ) : (
          <OutboxList letters={page.items} origin={origin} />
        )}
        <Pager nextCursor={page.nextCursor} shown={page.items.length} noun="letters" />
      </Panel>
    </PersonFrame>
  );
}
