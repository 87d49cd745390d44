// The address is not confirmed yet: where the letter is, and another one.
import { Link } from "@remix-run/react";
import { paths } from "~/app/paths";
import { Notice } from "~/app/ui/notice";

export function VerifyHint({ email }: { email: string }) {
  return (
    <Notice tone="warning">
      Open the link in the letter we sent to {email}.{" "}
      <Link to={paths.verifySent(email)} className="font-medium underline underline-offset-4">
        Send it again
      </Link>
    </Notice>
  );
}
