// The step to a page of Stripe's: by itself where scripts run, by a click where they do not.
import { useEffect } from "react";
import { buttonClass } from "~/app/ui/button";
import { Notice } from "~/app/ui/notice";

export function GoOn({ url }: { url: string }) {
  useEffect(() => window.location.assign(url), [url]);
  return (
    <Notice
      title="Stripe takes over from here."
      action={
        <a href={url} className={buttonClass({ tone: "primary", size: "small" })}>
          Go on to Stripe
        </a>
      }
    >
      Cards and addresses are typed there and never reach us.
    </Notice>
  );
}
