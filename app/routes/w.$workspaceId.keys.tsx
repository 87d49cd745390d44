// API keys of the workspace.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { KeysTable } from "~/app/api-keys/keys-table";
import { makeOrRevokeKey } from "~/app/api-keys/make-or-revoke-key";
import { NewKeyForm } from "~/app/api-keys/new-key-form";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { CodeBlock } from "~/app/ui/code-block";
import { Notice } from "~/app/ui/notice";
import { PageHeader } from "~/app/ui/page-header";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";

export function meta() {
  return pageTitle("Keys");
}
export const handle: CrumbHandle = { crumb: ({ params }) => ({ label: "Keys", to: paths.keys(params["workspaceId"] ?? "") }) };

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const cursor = new URL(request.url).searchParams.get("cursor");
  return load({ request, context }, () =>
    context.api(params["workspaceId"]).apiKeys.list({ limit: 50, ...(cursor ? { cursor } : {}) }),
  );
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  return makeOrRevokeKey({ request, context }, context.api(params["workspaceId"]), form);
}

export default function Keys() {
  const page = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const isAboutCreating = answer?.intent === "create";
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Keys"
        description="By these, programs act for this workspace. Every call by a key is metered and can be traced back to it."
      />
      {answer?.apiKey ? (
        <Notice tone="done" title="Copy the key now: it is shown this once.">
          <CodeBlock text={answer.apiKey} label="the new key" wraps className="mt-2" />
        </Notice>
      ) : null}
      {isAboutCreating ? null : <FormSummary problem={answer?.problem} />}
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)] lg:items-start">
        <Panel title="Keys" isFlush>
          <KeysTable keys={page.items} />
          <Pager nextCursor={page.nextCursor} shown={page.items.length} noun="keys" />
        </Panel>
        <Panel title="New key">
          <NewKeyForm
            key={answer?.apiKey ?? ""}
            problem={isAboutCreating ? answer.problem : null}
            name={isAboutCreating && answer.problem ? answer.name : undefined}
          />
        </Panel>
      </div>
    </div>
  );
}
