// Why a process ended, in words that help the agent's author: found in what workerd wrote last.

/** Uncaught while the module loaded: `service agent: Uncaught Error: boom` and where. */
const uncaught = /service agent: (?:Uncaught )?(.+(?:\n\s+(?:at|imported from) .+)*)/;
const textCharactersMax = 600;
/** Of V8, of the C++ library, of the allocator. */
const outOfMemory = ["Reached heap limit", "JavaScript heap out of memory", "std::bad_alloc", "(new failed)"];
const allocatorAccount = /^(?:MALLOC[: ]|TOTAL: |class +\d+ \[|\d+ external\/tcmalloc)/;
const startNotice =
  /^(?:\S+: )*Unable to find and open the program executable, so unable to determine if there is a compiled-in config file\./;

/** `text` is standard error, masked and mapped to the author's files. */
export function explainStartFailure(text: string, memoryMb: number): string {
  if (isOutOfMemory(text)) return `The agent used more than its ${memoryMb} MB of memory while it was loading.`;
  const [, found] = uncaught.exec(withoutNotices(text)) ?? [];
  if (found === undefined) return "The agent's process ended while it was starting.";
  const [message = "", ...stack] = found.split("\n").map((line) => line.trim());
  const at = stack.map((line) => line.replace(/^at /, "")).find((line) => !line.startsWith("node-internal:"));
  const place = at === undefined ? "" : ` (${at.replace(/ in .*$/, "")})`;
  if (message.includes("Disallowed operation called within global scope")) {
    return `Random values, timers and network calls are not possible while the module loads${place}. Do it inside the handler.`;
  }
  return `The agent failed while it was loading: ${message}${place}`.slice(0, textCharactersMax);
}

export function isOutOfMemory(text: string): boolean {
  return outOfMemory.some((words) => text.includes(words));
}

/** What the allocator writes when it gives up: hundreds of lines of its own accounts, which tell the agent's author nothing. */
export function isAllocatorAccount(line: string): boolean {
  return allocatorAccount.test(line);
}

/** workerd looks for a configuration inside its own program, which the sandbox does not show it; it is handed one, and starts. */
export function isStartNotice(line: string): boolean {
  return startNotice.test(line);
}

/** workerd found that no timer, request or stream is left that could let a call go on. */
export function isHangNotice(line: string): boolean {
  return line.includes("had hung and would never generate a response");
}

function withoutNotices(text: string): string {
  return text.replace(/^service agent: The compatibility flag .*$/gm, "");
}
