// Where letters are on an installation that has no mail server; elsewhere there is nothing to say.
import { Link, useRouteLoaderData } from "@remix-run/react";
import { paths } from "~/app/paths";
import type { loader } from "~/app/root";
import { Notice } from "~/app/ui/notice";

export function OutboxHint() {
  if (!useHoldsLetters()) return null;
  return (
    <Notice>
      This installation keeps its letters in its own{" "}
      <Link to={paths.outbox()} className="font-medium text-accent underline-offset-4 hover:underline">
        outbox
      </Link>
      . Its operator can open the link there.
    </Notice>
  );
}

export function useHoldsLetters(): boolean {
  return useRouteLoaderData<typeof loader>("root")?.holdsLetters ?? false;
}
