// Turns positions in the built module back into the customer's own files and lines, by the source map at the module's end.
import { SourceMap, type SourceMapPayload } from "node:module";
import { agentModuleName, sourceMapMarker } from "./workerd-config";

export type StackMapper = (text: string) => string;

const position = new RegExp(`${agentModuleName.replace(".", "\\.")}:(\\d+):(\\d+)`, "g");

/** `readModule` is called at the first position that needs mapping; a module without a map leaves text as it is. */
export function createStackMapper(readModule: () => string): StackMapper {
  let map: SourceMap | null | undefined;
  return (text) => {
    if (!text.includes(`${agentModuleName}:`)) return text;
    map ??= readMap(readModule);
    const found = map;
    if (found === null) return text;
    return text.replace(
      position,
      (whole, line: string, column: string) => mapPosition(found, Number(line), Number(column)) ?? whole,
    );
  };
}

function mapPosition(map: SourceMap, line: number, column: number): string | null {
  const entry = map.findEntry(line - 1, column - 1);
  if (!("originalSource" in entry) || typeof entry.originalSource !== "string") return null;
  return `${entry.originalSource.replace(/^bundle:/, "")}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}

function readMap(readModule: () => string): SourceMap | null {
  try {
    const code = readModule();
    const at = code.lastIndexOf(sourceMapMarker);
    if (at < 0) return null;
    const payload: SourceMapPayload = JSON.parse(
      Buffer.from(code.slice(at + sourceMapMarker.length).trim(), "base64").toString("utf8"),
    );
    return new SourceMap(payload);
  } catch {
    return null;
  }
}
