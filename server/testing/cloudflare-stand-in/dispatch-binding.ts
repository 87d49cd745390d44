// What workerd itself has not: the binding of a dispatch namespace, and a worker that stands behind it with parameters of the call.

export const standInHeaders = {
  /** `<namespace>/<script>` of a dispatched call; the options it was made with. */
  script: "x-stand-in-script",
  options: "x-stand-in-options",
  /** Said of a name that is not in the namespace. */
  missing: "x-stand-in-missing",
  /** `<namespace>/<script>` that a request comes out of. */
  from: "x-stand-in-from",
  params: "x-stand-in-params",
} as const;

/** `env.agents.get(name, args, options).fetch(request)`; a name that is not there throws, as at the vendor. */
export function dispatchModule(): string {
  return `export default (env) => ({
  get: (name, _args = {}, options = {}) => ({
    async fetch(input, init) {
      const request = new Request(input, init);
      const headers = new Headers(request.headers);
      headers.set(${JSON.stringify(standInHeaders.script)}, env.namespace + "/" + name);
      headers.set(${JSON.stringify(standInHeaders.options)}, JSON.stringify(options));
      const answer = await env.vendor.fetch(new Request(request, { headers }));
      if (answer.headers.has(${JSON.stringify(standInHeaders.missing)})) throw new Error("Worker not found.");
      return answer;
    },
  }),
});`;
}

/** Gives a worker behind a namespace the parameters of the call as bindings. */
export function paramsModule(mainModule: string): string {
  return `import own from ${JSON.stringify(mainModule)};
export default {
  fetch(request, env, execution) {
    const headers = new Headers(request.headers);
    const params = JSON.parse(headers.get(${JSON.stringify(standInHeaders.params)}) ?? "{}");
    for (const name of ${JSON.stringify(Object.values(standInHeaders))}) headers.delete(name);
    return own.fetch(new Request(request, { headers }), { ...env, ...params }, execution);
  },
};`;
}
