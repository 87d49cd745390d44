// What was just done, said where it leads back to.
import { useSearchParams } from "@remix-run/react";
import { Notice } from "~/app/ui/notice";
import { actWords } from "./act-words";
import { actOf } from "./place-of-target";

export function DoneNotice() {
  const [search] = useSearchParams();
  const act = actOf(search.get("done") ?? undefined);
  return act ? <Notice tone="done">{actWords[act].done} It is written into the log.</Notice> : null;
}
