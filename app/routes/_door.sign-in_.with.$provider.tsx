// The way to a provider: leads there at once, and says so when that cannot be.
import { type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { ProviderProblem } from "~/app/accounts/provider-problem";
import { pageTitle } from "~/app/page-title";
import { ownPlace, paths } from "~/app/paths";
import { submit } from "~/app/rpc";

export function meta() {
  return pageTitle("Sign in");
}

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const to = ownPlace(new URL(request.url).searchParams.get("to"), paths.home());
  let location = "";
  const problem = await submit({ request, context }, async () => {
    ({ location } = await context.api().signInMethods.begin({ provider: params["provider"] ?? "", to }));
  });
  if (!problem) throw redirect(location);
  return { problem };
}

export default function SignInWith() {
  const { problem } = useLoaderData<typeof loader>();
  return <ProviderProblem problem={problem} />;
}
