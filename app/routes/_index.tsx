// The front page for strangers; whoever is signed in goes on to where they were.
import { type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { Landing } from "~/app/landing/landing";
import { ownPlace, paths } from "~/app/paths";
import { load, unlessSignedOut } from "~/app/rpc";
import { lastWorkspaceOf, returnPlaceCookie, returnPlaceOf } from "~/app/workspaces/last-workspace";

export function meta() {
  return [{ title: "webhost.systems: one place to host AI agents" }];
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  const workspaces = await load({ request, context }, () => unlessSignedOut(() => context.api().workspaces.mine()));
  if (!workspaces) return null;
  const open = workspaces.filter((item) => !item.isDisabled);
  const last = open.find((item) => item.workspaceId === lastWorkspaceOf(request)) ?? open[0] ?? workspaces[0];
  const usual = last ? paths.workspace(last.workspaceId) : paths.workspaceNew();
  const waiting = returnPlaceOf(request);
  if (!waiting) throw redirect(usual);
  throw redirect(ownPlace(waiting, usual), { headers: { "set-cookie": returnPlaceCookie(request, null) } });
}

export default function Index() {
  return <Landing />;
}
