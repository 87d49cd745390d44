// The colours of a text, fetched and reckoned in the browser of whoever reads it: the server never parses customers' code.
import { type ReactNode, useEffect, useState } from "react";

/** Beyond this the plain text is quicker to read than to colour. */
const charactersMax = 150_000;

/** Null until they are there, and where the kind of file is not known. */
export function useColours(path: string, text: string): ReactNode {
  const [coloured, setColoured] = useState<{ text: string; nodes: ReactNode } | null>(null);
  useEffect(() => {
    if (text.length > charactersMax) return;
    let isGone = false;
    void import("./colour-code").then(({ colourCode }) => {
      if (!isGone) setColoured({ text, nodes: colourCode(path, text) });
    });
    return () => {
      isGone = true;
    };
  }, [path, text]);
  return coloured?.text === text ? coloured.nodes : null;
}
