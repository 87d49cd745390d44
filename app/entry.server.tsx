// Where the server writes a page: streamed as it becomes ready, with this page's nonce on every script of ours.
import { PassThrough } from "node:stream";
import {
  type ActionFunctionArgs,
  type AppLoadContext,
  createReadableStreamFromReadable,
  type EntryContext,
  type LoaderFunctionArgs,
} from "@remix-run/node";
import { RemixServer } from "@remix-run/react";
import { isbot } from "isbot";
import { renderToPipeableStream } from "react-dom/server";

/** Remix gives up on deferred data after this. */
export const streamTimeout = 5_000;
/** A little later, so that the rejected promises still reach the page. */
const abortAfterMs = streamTimeout + 1_000;

type Page = { request: Request; status: number; headers: Headers; remixContext: EntryContext; loadContext: AppLoadContext };

export default function handleRequest(
  ...[request, status, headers, remixContext, loadContext]: [Request, number, Headers, EntryContext, AppLoadContext]
): Promise<Response> {
  return renderPage({ request, status, headers, remixContext, loadContext });
}

/** Crawlers get the whole page at once; people get its shell as soon as it stands. */
function renderPage(page: Page): Promise<Response> {
  const { request, headers, remixContext, loadContext } = page;
  const readyEvent = isbot(request.headers.get("user-agent") ?? "") ? "onAllReady" : "onShellReady";
  return new Promise((resolve, reject) => {
    let { status } = page;
    let isShellSent = false;
    const { pipe, abort } = renderToPipeableStream(
      <RemixServer context={remixContext} url={request.url} nonce={loadContext.cspNonce} abortDelay={abortAfterMs} />,
      {
        nonce: loadContext.cspNonce,
        [readyEvent]() {
          isShellSent = true;
          const body = new PassThrough();
          headers.set("content-type", "text/html; charset=utf-8");
          resolve(new Response(createReadableStreamFromReadable(body), { headers, status }));
          pipe(body);
        },
        onShellError: reject,
        onError(error: unknown) {
          status = 500;
          if (isShellSent && !request.signal.aborted) loadContext.logFailure(error);
        },
      },
    );
    const timer = setTimeout(abort, abortAfterMs);
    timer.unref();
    request.signal.addEventListener("abort", () => abort(), { once: true });
  });
}

/** What a loader or action threw and nobody expected: into the log, never onto the page. */
export function handleError(error: unknown, { request, context }: LoaderFunctionArgs | ActionFunctionArgs): void {
  if (!request.signal.aborted) context.logFailure(error);
}
