// The front page for strangers; whoever is signed in goes on to their workspace.
import { type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { Landing } from "~/app/landing/landing";
import { paths } from "~/app/paths";
import { load, unlessSignedOut } from "~/app/rpc";

export function meta() {
  return [{ title: "webhost.systems: one place to host AI agents" }];
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  const workspaces = await load({ request, context }, () => unlessSignedOut(() => context.api().workspaces.mine()));
  if (!workspaces) return null;
  throw redirect(workspaces[0] ? paths.workspace(workspaces[0].workspaceId) : paths.account());
}

export default function Index() {
  return <Landing />;
}
