// The way to an invoice at Stripe: its page, or with `?paper=pdf` the paper itself. The address is asked for as somebody goes there.
import { type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { load } from "~/app/rpc";

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const paper = new URL(request.url).searchParams.get("paper") === "pdf" ? "pdf" : "page";
  const recordId = params["recordId"] ?? "";
  const { url } = await load({ request, context }, () =>
    context.api(params["workspaceId"]).billing.invoiceLink({ recordId, paper }),
  );
  return redirect(url);
}
