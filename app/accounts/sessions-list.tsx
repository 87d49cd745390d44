// Where this person is signed in.
import { Laptop } from "lucide-react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { Moment } from "~/app/ui/moment";
import { Tag } from "~/app/ui/tag";
import type { SessionItem } from "~/server/accounts/accounts.contract";

export function SessionsList({ sessions }: { sessions: SessionItem[] }) {
  return (
    <ul className="divide-y divide-line">
      {sessions.map((session) => (
        <SessionRow key={session.sessionId} session={session} />
      ))}
    </ul>
  );
}

const methods: Record<NonNullable<SessionItem["method"]>, string> = {
  password: "by password",
  verification: "by confirming the address",
  reset: "by a new password",
  link: "by the console's link",
  oauth: "by a provider",
  passkey: "by passkey",
};

function SessionRow({ session }: { session: SessionItem }) {
  const intent = `revoke ${session.sessionId}`;
  const isBusy = useIsSubmitting(intent);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-5">
      <Laptop aria-hidden="true" className="size-4 text-ink-3" />
      <div className="min-w-0 flex-1 basis-48 text-sm">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {session.device}
          {session.isCurrent ? <Tag>this one</Tag> : null}
        </p>
        <p className="text-[0.8125rem] text-ink-3">
          {session.ipAddress ?? "address unknown"}, {session.method ? `${methods[session.method]}, ` : ""}used{" "}
          <Moment at={session.lastUsedAt} />, began <Moment at={session.createdAt} />
        </p>
      </div>
      {session.isCurrent ? null : (
        <CsrfForm>
          <input type="hidden" name="sessionId" value={session.sessionId} />
          <Button tone="quiet" size="small" name="intent" value={intent} isBusy={isBusy}>
            Sign out
          </Button>
        </CsrfForm>
      )}
    </li>
  );
}
