// What was just done, said where it leads back to.
import { useSearchParams } from "@remix-run/react";
import { Outcome } from "~/app/ui/outcome";
import { actWords } from "./act-words";
import { actOf } from "./place-of-target";

export function DoneNotice() {
  const [search] = useSearchParams();
  const act = actOf(search.get("done") ?? undefined);
  return <Outcome of={act}>{act ? `${actWords[act].done} It is written into the log.` : null}</Outcome>;
}
