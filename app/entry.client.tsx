// Where the browser takes over the page that the server wrote.
import { RemixBrowser } from "@remix-run/react";
import { StrictMode, startTransition, useEffect } from "react";
import { hydrateRoot } from "react-dom/client";

declare global {
  interface Window {
    /** Read by the primitives that add a style element, so that the content security policy lets it in. */
    __webpack_nonce__?: string | undefined;
  }
}

window.__webpack_nonce__ = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;

const keyEvents = ["keydown", "keypress", "keyup"] as const;
const passBy = (event: Event) => event.stopImmediatePropagation();

// A key that React hears before it has taken the page over makes it do so at once, which now and then ends its root with an error. What
// is typed into a field arrives there all the same.
for (const name of keyEvents) window.addEventListener(name, passBy, true);

function Arrival() {
  useEffect(() => {
    for (const name of keyEvents) window.removeEventListener(name, passBy, true);
  }, []);
  return <RemixBrowser />;
}

startTransition(() => {
  hydrateRoot(
    document,
    <StrictMode>
      <Arrival />
    </StrictMode>,
  );
});
