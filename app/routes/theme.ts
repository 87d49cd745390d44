// Keeps the chosen look in a cookie.
import { type ActionFunctionArgs, redirect } from "@remix-run/node";
import { formOf } from "~/app/form-of";
import { ownPlace, paths } from "~/app/paths";
import { themeCookie } from "~/app/theme";

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  return redirect(ownPlace(form.text("to"), paths.home()), { headers: { "set-cookie": themeCookie(form.text("theme")) } });
}

export function loader() {
  return redirect(paths.home());
}
