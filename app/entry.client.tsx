// Where the browser takes over the page that the server wrote.
import { RemixBrowser } from "@remix-run/react";
import { StrictMode, startTransition } from "react";
import { hydrateRoot } from "react-dom/client";

declare global {
  interface Window {
    /** Read by the primitives that add a style element, so that the content security policy lets it in. */
    __webpack_nonce__?: string | undefined;
  }
}

window.__webpack_nonce__ = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;

startTransition(() => {
  hydrateRoot(
    document,
    <StrictMode>
      <RemixBrowser />
    </StrictMode>,
  );
});
