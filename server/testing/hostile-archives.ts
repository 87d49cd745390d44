// The corpus of hostile archives: every known attack beside a good manifest and a good entry point, with the reason it is refused for.
import type { BundleRefusal } from "~/server/bundles/bundle-refusal";
import { plans } from "~/server/plans/plans";
import { type Attack, entry, manifest, mebi, zeros } from "./hostile-archive";
import { bombs, hostileKinds } from "./hostile-kinds";
import { hostileLayouts } from "./hostile-layouts";
import { hostileNames, hostileTwins } from "./hostile-names";
import { rawZip } from "./raw-zip";

export type HostileArchive = { what: string; reason: BundleRefusal; zip: Buffer };

/** Small enough that every bomb is small, too. */
export const hostileLimits = { ...plans.free, filesMax: 50, fileBytesMax: 2 * mebi, extractedBytesMax: 12 * mebi };

/** What cannot be built from entries beside a good bundle. */
const wholes: [what: string, reason: BundleRefusal, zip: Buffer][] = [
  ["nothing", "bundle_empty", Buffer.alloc(0)],
  ["text", "bundle_not_a_zip", Buffer.from("this is not a zip, whatever its name says")],
  ["a tar", "bundle_not_a_zip", zeros(10_240)],
  ["cut off", "bundle_not_a_zip", rawZip([manifest, entry]).subarray(0, 150)],
  ["no entries", "bundle_no_files", rawZip([])],
  ["folders only", "bundle_no_files", rawZip([{ name: "a/" }, { name: "a/b/" }])],
  ["directory before the files", "bundle_broken", turnedAround()],
];

/** In a fixed order. */
export function hostileArchives(): HostileArchive[] {
  const attacks: Attack[] = [...hostileNames, ...hostileTwins, ...hostileKinds, ...hostileLayouts, ...bombs];
  return [
    ...attacks.map(([what, reason, entries, options]) => ({ what, reason, zip: rawZip([manifest, entry, ...entries], options) })),
    ...wholes.map(([what, reason, zip]) => ({ what, reason, zip })),
  ];
}

/** A whole archive whose directory stands in front of what it lists. */
function turnedAround(): Buffer {
  const zip = rawZip([manifest, entry]);
  const at = zip.readUInt32LE(zip.length - 6);
  return Buffer.concat([zip.subarray(at, -22), zip.subarray(0, at), zip.subarray(-22)]);
}
