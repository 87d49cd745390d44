// The way out.
import { type ActionFunctionArgs, redirect } from "@remix-run/node";
import { formOf } from "~/app/form-of";
import { paths } from "~/app/paths";
import { unlessSignedOut } from "~/app/rpc";

export async function action({ request, context }: ActionFunctionArgs) {
  await formOf({ request, context });
  await unlessSignedOut(() => context.api().accounts.signOut());
  return redirect(paths.home());
}

export function loader() {
  return redirect(paths.home());
}
