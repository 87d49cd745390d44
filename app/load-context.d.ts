// What the server hands to every loader and action (filled in by server/http/remix-mount.ts).
import "@remix-run/node";
import type { Caller } from "~/server/router";

declare module "@remix-run/node" {
  interface Future {
    v3_singleFetch: true;
  }
  interface AppLoadContext {
    /** The typed tRPC caller of this request, inside the page's workspace when one is given. */
    api: (workspaceId?: string) => Caller;
    /** For script and style elements. */
    cspNonce: string;
    /** No mail server: letters wait in the operator's outbox. */
    holdsLetters: boolean;
    /** Goes into every form as the field `csrf`. */
    csrfToken: string;
    /** Goes into every form as the field `once`: sent twice, a form that makes something makes it once. New for each loading of a page. */
    formKey: string;
    /**
     * Throws when the form's `csrf` field is not this browser's token, and takes its `once` for the acts that follow. Actions read
     * forms through `app/form-of.ts`, which calls it.
     */
    acceptForm: (form: FormData) => void;
    /** Into the log, with the trace id: what a page threw and nobody expected. */
    logFailure: (error: unknown) => void;
    traceId: string;
    /** Aborted when the process drains. */
    closing: AbortSignal;
  }
}
