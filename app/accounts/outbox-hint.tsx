// Where letters are on an installation that has no mail server.
import { Link } from "@remix-run/react";
import { paths } from "~/app/paths";
import { Notice } from "~/app/ui/notice";

export function OutboxHint() {
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
