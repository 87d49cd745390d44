// A small turning ring: something is on its way.
import { LoaderCircle } from "lucide-react";
import { classNames } from "./class-names";

export function Spinner({ className }: { className?: string | undefined }) {
  return <LoaderCircle aria-hidden="true" className={classNames("size-4 animate-spin", className)} />;
}
