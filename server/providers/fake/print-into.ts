// Gives an agent of the fake provider a console of its own, so that what it prints is in its log and not in the test's output.
import { format } from "node:util";

type Print = (stream: "stdout" | "stderr", line: string) => void;

/** Where the text of a module finds the console that was made for it: a module has no other way to be handed something. */
const consoles = new Map<string, unknown>();
const registryKey = "whs.fake.consoles";
Object.assign(globalThis, { [registryKey]: consoles });

/** The same module with `console` printing into `print`; `name` is unique. */
export function printInto(module: string, name: string, print: Print): string {
  const to =
    (stream: "stdout" | "stderr") =>
    (...args: unknown[]) => {
      for (const line of format(...args).split("\n")) print(stream, line);
    };
  const [out, err] = [to("stdout"), to("stderr")];
  consoles.set(name, { log: out, info: out, debug: out, warn: err, error: err });
  return `const console = globalThis[${JSON.stringify(registryKey)}].get(${JSON.stringify(name)});${module}`;
}
