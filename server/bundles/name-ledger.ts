// Remembers every name of an archive, so that no two mean the same place on any file system (MISSION C2).
import { refuseBundle, shownName } from "./bundle-refusal";

export type NameLedger = {
  /** Throws a bundle refusal when the name, or a folder on its way, was used in a way that does not go together. */
  add(path: string, kind: "file" | "directory"): void;
};

type Known = { path: string; kind: "file" | "directory"; isListed: boolean };

export function createNameLedger(): NameLedger {
  const known = new Map<string, Known>();

  function assertAgrees(path: string, folded: string, entry: { kind: Known["kind"]; isListed: boolean }): void {
    const earlier = known.get(folded);
    if (!earlier) {
      known.set(folded, { path, ...entry });
      return;
    }
    if (earlier.path !== path) throw refuseBundle("bundle_case_collision", shownName(path));
    if (earlier.kind !== entry.kind) throw refuseBundle("bundle_prefix_collision", shownName(path));
    if (earlier.isListed && entry.isListed) throw refuseBundle("bundle_duplicate", shownName(path));
    earlier.isListed ||= entry.isListed;
  }

  function add(path: string, kind: Known["kind"]): void {
    const isAscii = ascii.test(path);
    const foldedPath = isAscii ? path.toLowerCase() : fold(path);
    for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) {
      const folder = path.slice(0, slash);
      assertAgrees(folder, isAscii ? foldedPath.slice(0, slash) : fold(folder), { kind: "directory", isListed: false });
    }
    assertAgrees(path, foldedPath, { kind, isListed: true });
  }

  return { add };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is meant whole
const ascii = /^[\u0000-\u007f]*$/;

/** Both ways round, because some letters differ only one way (ß, ſ, the Kelvin sign); of ASCII, lower case says the same. */
function fold(path: string): string {
  return path.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
}
