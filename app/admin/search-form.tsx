// Finds people or workspaces; the address says what was asked, so that it can be shared and gone back to.
import { Form, Link, useNavigation } from "@remix-run/react";
import { Button, buttonClass } from "~/app/ui/button";
import { TextField } from "~/app/ui/text-field";
import type { Find } from "./find-of";

type Props = { label: string; help: string; find: Find; here: string };

export function SearchForm({ label, help, find, here }: Props) {
  const isBusy = useNavigation().state === "loading";
  return (
    <Form method="get" action={here} className="grid gap-3 sm:flex sm:items-end">
      <div className="min-w-0 flex-1">
        <TextField label={label} name="search" type="search" defaultValue={find.search} autoComplete="off" placeholder={help} />
      </div>
      <label className="flex h-9 items-center gap-2 text-ink-2 text-sm">
        <input type="checkbox" name="only" value="disabled" defaultChecked={find.isDisabled} className="size-4 accent-accent" />
        Disabled only
      </label>
      <div className="flex gap-2">
        <Button isBusy={isBusy}>Find</Button>
        {find.search || find.isDisabled ? (
          <Link to={here} className={buttonClass({ tone: "quiet" })}>
            Clear
          </Link>
        ) : null}
      </div>
    </Form>
  );
}
