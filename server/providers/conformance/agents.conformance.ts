// The agents that the conformance suite places: each does one thing.

/** What is counted in deltas ends in a character that no secret begins with: the host holds back what may become one. */
export const agents = {
  echo: "export default (request) => request.input.messages.at(-1).content;",
  words:
    "export default async function* (request) { for (const word of request.input.messages[0].content.split(' ')) yield word + ' '; }",
  /** Unit by unit, half characters too; or a megabyte at once. */
  pieces: `export default async function* (request) {
    const text = request.input.messages[0].content;
    if (text === "a megabyte") return void (yield "grüß 👩‍🚀.".repeat(65_536));
    for (const unit of text.split("")) yield unit;
  }`,
  counter: `export default async (_request, { session }) => {
    const count = ((await session.get("count")) ?? 0) + 1;
    await session.set("count", count);
    return String(count);
  };`,
  metered: `export default async (_request, context) => {
    context.reportUsage({ tokens: 3, toolCalls: 1 });
    return { output: { text: "measured" }, usage: { tokens: 4 } };
  };`,
  endless: `export default async function* (_request, { signal }) {
    yield "first";
    while (!signal.aborted) { await new Promise((resolve) => setTimeout(resolve, 10)); yield "."; }
  }`,
  leaver: `export default async function* (request, { signal }) {
    signal.addEventListener("abort", () => console.log("left " + request.input.messages[0].content + " " + Date.now()));
    yield "first";
    while (!signal.aborted) { await new Promise((resolve) => setTimeout(resolve, 5)); yield "."; }
  }`,
  silent: "export default () => new Promise(() => {});",
  spender:
    "export default async function* (request, { reportUsage }) { reportUsage({ tokens: 7, toolCalls: 2 }); if (request.input.messages[0].content === 'go') yield 'one'; throw new Error('too late'); }",
  thrower: "export default (_request, { env }) => { throw new RangeError('no luck with ' + (env.API_SECRET ?? 'nothing')); };",
  garbage: "export default () => 42;",
  breaking: "export default async function* () { yield 'one '; throw new Error('broke'); }",
} as const;
