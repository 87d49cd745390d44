// The one-time link that the console prints for the operator: it signs in and leaves no trace in the address.
import { type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { FormSummary } from "~/app/form-summary";
import { DoorHeading } from "~/app/frame/door-frame";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { submit } from "~/app/rpc";
import { LinkButton } from "~/app/ui/link-button";

export function meta() {
  return pageTitle("Sign in by link");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  const token = new URL(request.url).searchParams.get("token") ?? "";
  const problem = await submit({ request, context }, () => context.api().accounts.signInByLink({ token }));
  if (!problem) throw redirect(paths.home());
  return { problem };
}

export default function SignInByLink() {
  const { problem } = useLoaderData<typeof loader>();
  return (
    <>
      <DoorHeading title="This link does not work">
        Such a link works once and for a short time. Start the installation again and it prints a fresh one.
      </DoorHeading>
      <FormSummary problem={problem} />
      <LinkButton to={paths.signIn()} className="mt-6">
        Sign in with a password
      </LinkButton>
    </>
  );
}
