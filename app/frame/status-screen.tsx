// What a person sees when a page cannot be shown: what happened, what it means, what to do, and the trace to tell us.
import { isRouteErrorResponse, useLocation, useRouteError } from "@remix-run/react";
import { CircleHelp, CirclePause, Compass, Gauge, RotateCcw, ServerCrash, ShieldAlert, Timer } from "lucide-react";
import { paths } from "~/app/paths";
import type { StatusPage } from "~/app/rpc";
import { buttonClass } from "~/app/ui/button";
import { LinkButton } from "~/app/ui/link-button";
import { ShortId } from "~/app/ui/short-id";

const pages = {
  missing: {
    icon: Compass,
    title: "There is nothing here",
    meaning: "The address may be mistyped, the thing may be gone, or it belongs to a workspace you are not in.",
  },
  forbidden: {
    icon: ShieldAlert,
    title: "Your role does not allow this",
    meaning: "An owner or admin of the workspace can do it, or change your role.",
  },
  disabled: {
    icon: CirclePause,
    title: "This workspace is disabled",
    meaning:
      "The operator of the platform has switched it off: its pages, agents and keys rest until it is enabled again. Nothing in it was deleted. Ask the operator why.",
  },
  limited: {
    icon: Gauge,
    title: "The plan has no room for this",
    meaning: "Nothing was deleted. It works again when there is room or the plan is a larger one.",
  },
  odd: {
    icon: CircleHelp,
    title: "This could not be read",
    meaning: "The address or what was sent with it is not something this page understands. Nothing was changed.",
  },
  stale: {
    icon: RotateCcw,
    title: "This page was open too long",
    meaning: "You signed in or out since it was loaded, so the form was not sent. Nothing was changed.",
  },
  tooMany: { icon: Timer, title: "That was too quick", meaning: "Wait a moment, then try again. Nothing was changed." },
  broken: {
    icon: ServerCrash,
    title: "This went wrong on our side",
    meaning: "Nothing you did. What was saved before is safe; try once more.",
  },
};

/** What is not a matter of the status alone. */
const reasons: Record<string, keyof typeof pages> = { csrf: "stale", workspace_disabled: "disabled" };
/** Trying again would answer the same. */
const finals: ReadonlySet<keyof typeof pages> = new Set(["missing", "forbidden", "disabled", "limited", "odd"]);
/** Their own words say it all. */
const silent: ReadonlySet<keyof typeof pages> = new Set(["missing", "disabled"]);

export function StatusScreen({ isWholePage = false }: { isWholePage?: boolean }) {
  const error = useRouteError();
  const { pathname, search } = useLocation();
  const page = pageOf(error);
  const kind = kindOf(error);
  const { icon: Icon, title, meaning } = pages[kind];
  const Around = isWholePage ? "main" : "div";
  return (
    <Around
      id={isWholePage ? "content" : undefined}
      className={isWholePage ? "grid min-h-dvh place-items-center p-6" : "grid place-items-center py-24"}
    >
      <div className="max-w-md">
        <Icon aria-hidden="true" className="size-6 text-ink-3" />
        <h1 className="mt-4 font-semibold text-2xl tracking-tight">{title}</h1>
        {page?.message && !silent.has(kind) ? <p className="mt-2 leading-7">{page.message}</p> : null}
        <p className="mt-2 text-ink-2 leading-7">{meaning}</p>
        <div className="mt-6 flex flex-wrap items-center gap-2">
          {finals.has(kind) ? null : (
            <a href={pathname + search} className={buttonClass({ tone: "primary" })}>
              {kind === "stale" ? "Reload the page" : "Try again"}
            </a>
          )}
          <LinkButton to={paths.home()} reloadDocument={isWholePage}>
            {kind === "disabled" ? "Another workspace" : "Back to the start"}
          </LinkButton>
          {kind === "disabled" ? (
            <LinkButton to={paths.account()} reloadDocument={isWholePage} tone="quiet">
              Your account
            </LinkButton>
          ) : null}
        </div>
        {page?.traceId ? (
          <p className="mt-6 text-ink-3 text-sm">
            Trace <ShortId id={page.traceId} />
          </p>
        ) : null}
      </div>
    </Around>
  );
}

/** For the tab and the history of the browser. */
export function statusTitle(error: unknown): string {
  return pages[kindOf(error)].title;
}

function kindOf(error: unknown): keyof typeof pages {
  return reasons[pageOf(error)?.reason ?? ""] ?? kindOfStatus(isRouteErrorResponse(error) ? error.status : 500);
}

function kindOfStatus(status: number): keyof typeof pages {
  if (status === 400 || status === 413) return "odd";
  if (status === 404) return "missing";
  if (status === 402) return "limited";
  if (status === 403) return "forbidden";
  return status === 429 ? "tooMany" : "broken";
}

function pageOf(error: unknown): Partial<StatusPage> | null {
  const data: unknown = isRouteErrorResponse(error) ? error.data : null;
  return typeof data === "object" && data !== null ? data : null;
}
