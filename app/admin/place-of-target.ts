// Where an act leads back to: the page of what it is about.
import { paths } from "~/app/paths";
import { type Act, acts, targetOf } from "~/server/admin/acts.contract";

/** Null for a word that is no act. */
export function actOf(word: string | undefined): Act | null {
  return acts.find((act) => act === word) ?? null;
}

/** A key has no page of its own: its list is where the operator came from, the console is where they start. */
export function placeOfTarget(act: Act, targetId: string): string {
  switch (targetOf[act]) {
    case "user":
      return paths.adminUser(targetId);
    case "workspace":
      return paths.adminWorkspace(targetId);
    default:
      return paths.admin();
  }
}

export function doneAt(act: Act, targetId: string): string {
  return `${placeOfTarget(act, targetId)}?done=${act}`;
}
