// Connects and disconnects accounts elsewhere. Sent to by the account page; shows itself only when something did not go well.
import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useActionData } from "@remix-run/react";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { DoorHeading } from "~/app/frame/door-frame";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { formAgain, load, submit } from "~/app/rpc";
import { LinkButton } from "~/app/ui/link-button";

export function meta() {
  return pageTitle("Connected accounts");
}

export function loader({ request, context }: LoaderFunctionArgs) {
  return load({ request, context }, () => context.api().accounts.me());
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const { signInMethods } = context.api();
  let place = paths.accountSignIn();
  const problem = await submit({ request, context }, async () => {
    if (form.text("intent").startsWith("disconnect")) {
      await signInMethods.disconnect({ identityId: form.text("identityId") });
      return;
    }
    place = (await signInMethods.connect({ provider: form.text("provider"), to: place })).location;
  });
  return problem ? formAgain(problem, {}) : redirect(place);
}

export default function Connections() {
  const answer = useActionData<typeof action>();
  return (
    <>
      {answer ? (
        <DoorHeading title="Nothing was changed" />
      ) : (
        // Whoever was asked to show who they are comes back here.
        <DoorHeading title="Once more, please">Go back to your account and press the button again.</DoorHeading>
      )}
      <FormSummary problem={answer?.problem} />
      <LinkButton to={paths.accountSignIn()} tone="primary" className="mt-6">
        Back to your account
      </LinkButton>
    </>
  );
}
