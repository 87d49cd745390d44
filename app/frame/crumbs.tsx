// Where this page is. A route says its own part in `handle.crumb`.
import { Link, useMatches } from "@remix-run/react";
import { Fragment } from "react";

export type Crumb = { label: string; to: string };
/** What a route exports as `handle`; a page that no other holds names the way to it too. */
export type CrumbHandle<Data = unknown> = {
  crumb: (match: { data: Data | undefined; params: Record<string, string | undefined> }) => Crumb | Crumb[];
};

export function Crumbs() {
  const crumbs = useMatches().flatMap((match) => (hasCrumb(match.handle) ? match.handle.crumb(match) : []));
  return (
    <nav aria-label="Breadcrumb">
      <ol className="flex min-w-0 items-center gap-1.5 text-sm">
        {crumbs.map((crumb, at) => (
          <Fragment key={crumb.label}>
            {at > 0 ? (
              <li aria-hidden="true" className="text-line-strong">
                /
              </li>
            ) : null}
            <li className="min-w-0 truncate">
              {at === crumbs.length - 1 ? (
                <span aria-current="page" className="font-medium text-ink">
                  {crumb.label}
                </span>
              ) : (
                <Link to={crumb.to} className="rounded text-ink-2 hover:text-ink">
                  {crumb.label}
                </Link>
              )}
            </li>
          </Fragment>
        ))}
      </ol>
    </nav>
  );
}

function hasCrumb(handle: unknown): handle is CrumbHandle {
  return typeof handle === "object" && handle !== null && "crumb" in handle;
}
