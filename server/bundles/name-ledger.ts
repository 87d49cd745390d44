// Remembers every name of an archive, so that no two mean the same place on any file system (MISSION C2).
import { refuseBundle, shownName } from "./bundle-refusal";

export type NameLedger = {
  /** Throws a bundle refusal when the name, or a folder on its way, was used in a way that does not go together. */
  add(path: string, kind: "file" | "directory"): void;
};

type Known = { path: string; kind: "file" | "directory"; isListed: boolean };

export function createNameLedger(): NameLedger {
  const known = new Map<string, Known>();

  function assertAgrees(path: string, kind: Known["kind"], isListed: boolean): void {
    const folded = fold(path);
    const earlier = known.get(folded);
    if (!earlier) {
      known.set(folded, { path, kind, isListed });
      return;
    }
    if (earlier.path !== path) throw refuseBundle("bundle_case_collision", shownName(path));
    if (earlier.kind !== kind) throw refuseBundle("bundle_prefix_collision", shownName(path));
    if (earlier.isListed && isListed) throw refuseBundle("bundle_duplicate", shownName(path));
    earlier.isListed ||= isListed;
  }

  function add(path: string, kind: Known["kind"]): void {
    for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) {
      assertAgrees(path.slice(0, slash), "directory", false);
    }
    assertAgrees(path, kind, true);
  }

  return { add };
}

/** Both ways round, because some letters differ only one way (ß, ſ, the Kelvin sign). */
function fold(path: string): string {
  return path.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
}
