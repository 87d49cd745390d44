// Two bundles beside each other: what was recorded of their files, and the zips to read them from.
import type { BundleFile } from "~/db/tables/uploads";
import type { OpenedBundle } from "~/server/bundles/open-bundle";

/** `bundle` is null when the zip is not kept any more: then its files are known by name and digest alone. */
export type BundleSide = { files: readonly BundleFile[]; bundle: OpenedBundle | null };
export type BundlePair = { before: BundleSide; after: BundleSide };
