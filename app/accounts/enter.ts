// What an action at the door does with a first factor: leads inside, on to the second factor, or back to the form.
import { redirect } from "@remix-run/node";
import { paths } from "~/app/paths";
import { formAgain, submit } from "~/app/rpc";
import type { Entry } from "~/server/accounts/accounts.contract";

type Place = Parameters<typeof submit>[0];

export async function enter<Values extends Record<string, string>>(
  place: Place,
  act: () => Promise<Entry>,
  then: { to: string; values: Values },
) {
  const entries: Entry[] = [];
  const problem = await submit(place, async () => void entries.push(await act()));
  if (problem) return formAgain(problem, then.values);
  throw redirect(entries[0]?.next === "second_factor" ? paths.secondFactor(then.to) : then.to);
}
