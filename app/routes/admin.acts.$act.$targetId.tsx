// One switch, spelled out before it is flipped.
import { type ActionFunctionArgs, data, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { ActForm } from "~/app/admin/act-form";
import { actWords } from "~/app/admin/act-words";
import { actOf, doneAt, placeOfTarget } from "~/app/admin/place-of-target";
import { formOf } from "~/app/form-of";
import { pageTitle } from "~/app/page-title";
import { formAgain, load, submit } from "~/app/rpc";
import { PageHeader } from "~/app/ui/page-header";

export function meta() {
  return pageTitle("Switch");
}

function askedOf(params: LoaderFunctionArgs["params"]) {
  const act = actOf(params["act"]);
  if (!act) throw data(null, { status: 404 });
  return { act, targetId: params["targetId"] ?? "" };
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const asked = askedOf(params);
  return load({ request, context }, () => context.api().admin.foresee(asked));
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const asked = askedOf(params);
  const values = { reason: form.text("reason"), confirmation: form.text("confirmation") };
  const problem = await submit({ request, context }, () => context.api().admin.perform({ ...asked, ...values }));
  return problem ? formAgain(problem, values) : redirect(doneAt(asked.act, asked.targetId));
}

export default function AdminAct() {
  const foreseen = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  return (
    <div className="grid max-w-3xl grid-cols-1 gap-6">
      <PageHeader title={actWords[foreseen.act].title(foreseen.name)} />
      <ActForm
        foreseen={foreseen}
        back={placeOfTarget(foreseen.act, foreseen.targetId)}
        problem={answer?.problem}
        values={answer?.values}
      />
    </div>
  );
}
