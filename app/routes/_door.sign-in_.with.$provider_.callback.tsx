// The way back from a provider: signs in or connects, and leads on; or says what did not hold.
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
  const said = (name: string) => new URL(request.url).searchParams.get(name);
  const answer = { state: said("state"), code: said("code"), error: said("error"), iss: said("iss") };
  let place = paths.home();
  const problem = await submit({ request, context }, async () => {
    const provider = params["provider"] ?? "";
    const { kind, to } = await context.api().signInMethods.finish({ provider, ...answer });
    const onward = ownPlace(to, paths.home());
    place = kind === "second_factor" ? paths.secondFactor(onward) : onward;
  });
  if (!problem) throw redirect(place);
  return { problem };
}

export default function SignedInWith() {
  const { problem } = useLoaderData<typeof loader>();
  return <ProviderProblem problem={problem} />;
}
