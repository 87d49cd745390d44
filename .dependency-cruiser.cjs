// Who may import whom (docs/architecture.md), as errors. Each rule's comment is the mend that `npm run check` prints.

/** Features of server/, low to high: one may import those before it, never those after it. */
const features = [
  "audit",
  "workspaces",
  "webhooks",
  "accounts",
  "api-keys",
  "bundles",
  "agents",
  "telemetry",
  "variables",
  "secrets",
  "deployments",
  "runtimes",
  "logs",
  "conversations",
  "budgets",
  "invocations",
  "alerts",
  "billing",
  "integrations",
  "channels",
  "lifecycle",
  "rotation",
  "admin",
];
/** What stands below every feature. */
const foundations =
  "queue storage vault credentials mail net auth plans payments redaction rate-limit group-commit incidents idempotency environment observability".split(
    " ",
  );
const anyFeature = `^server/(${features.join("|")})/`;

const tests = "(\\.test\\.tsx?$|^server/testing/|^db/testing\\.ts$)";
/** The provider that only tests know; it may borrow from the real ones. */
const standIn = "^server/providers/fake/";
const valuesOnly = { dependencyTypesNot: ["type-only"] };

const onlyLowerFeatures = features.slice(0, -1).map((feature, place) => ({
  name: `server-${feature}-only-lower`,
  comment: `${feature} stands below what it imports. Move the shared part down, or let the higher feature call this one.`,
  severity: "error",
  from: { path: `^server/${feature}/`, pathNot: tests },
  to: { path: `^server/(${features.slice(place + 1).join("|")})/`, ...valuesOnly },
}));

const people = [
  {
    name: "routes-stand-alone",
    comment: "A route never imports another route: move the shared part to app/<noun>/.",
    severity: "error",
    from: { path: "^app/routes/", pathNot: tests },
    to: { path: "^app/routes/", ...valuesOnly },
  },
  {
    name: "app-takes-contracts-and-types-only",
    comment:
      "app/ knows server/ by types and *.contract files; everything else goes through the typed caller in the load context.",
    severity: "error",
    from: { path: "^app/", pathNot: tests },
    to: { path: "^server/", pathNot: "(\\.contract\\.ts$|^server/zod-shapes\\.ts$)", ...valuesOnly },
  },
  {
    name: "app-knows-no-ground",
    comment: "app/ reaches neither the database, nor jobs, nor launch/. Ask the typed caller, or take the word from a contract.",
    severity: "error",
    from: { path: "^app/", pathNot: tests },
    to: { path: "^(db|jobs|launch|checks|runtime/(agent-host|handler))/", ...valuesOnly },
  },
  {
    name: "ui-knows-nothing-of-the-product",
    comment: "app/ui is plain buttons and tables: hand it what it shows as props.",
    severity: "error",
    from: { path: "^app/ui/", pathNot: tests },
    to: { path: "^(app|server|db|jobs|runtime|launch)/", pathNot: "^app/ui/" },
  },
];

const house = [
  {
    name: "contracts-are-pure",
    comment: "A contract imports zod, db/tables, other contracts and runtime/contract: the browser loads it.",
    severity: "error",
    from: { path: "\\.contract\\.ts$" },
    to: {
      pathNot: "(\\.contract\\.ts$|^db/tables/|^runtime/contract/|^server/(zod-shapes|ids)\\.ts$|(^|/)node_modules/zod)",
      ...valuesOnly,
    },
  },
  {
    name: "contracts-need-no-node",
    comment: "A contract runs in the browser too: no node built-in.",
    severity: "error",
    from: { path: "\\.contract\\.ts$" },
    to: { dependencyTypes: ["core"] },
  },
  {
    name: "queries-know-the-database-only",
    comment: "A *.queries.ts file imports kysely, db/ and the type of the scope. Judge, log and throw in the verb.",
    severity: "error",
    from: { path: "\\.queries\\.ts$" },
    to: { pathNot: "(^db/|(^|/)node_modules/kysely|^server/plans/)", ...valuesOnly },
  },
  {
    name: "verbs-know-no-door",
    comment: "A verb never sees tRPC or HTTP: take what it needs as arguments, throw AppError.",
    severity: "error",
    from: { path: `${anyFeature}[^/]+\\.ts$`, pathNot: `(\\.(router|http)\\.ts$|${tests})` },
    to: { path: "^server/(trpc|http)/" },
  },
  {
    name: "verbs-get-clients-from-services",
    comment: "stripe, bullmq and pg arrive in Services: take them from `needs`.",
    severity: "error",
    from: { path: anyFeature, pathNot: tests },
    to: { path: "(^|/)node_modules/(stripe|bullmq|pg|ioredis|lucia)/", ...valuesOnly },
  },
  {
    name: "routers-read-their-own-queries",
    comment: "A router or machine door reads its own feature's queries; for another's, call that feature's verb.",
    severity: "error",
    from: { path: "^server/([^/]+)/[^/]+\\.(router|http)\\.ts$" },
    to: { path: "\\.queries\\.ts$", pathNot: "^server/$1/" },
  },
  {
    name: "features-know-no-adapter",
    comment: "Ask needs.providers for the runtime; only create-services.ts names an adapter.",
    severity: "error",
    from: { path: anyFeature, pathNot: tests },
    to: { path: "^server/providers/[^/]+/" },
  },
  {
    name: "providers-know-no-feature",
    comment: "An adapter imports provider.ts, errors, runtime/ and its SDK.",
    severity: "error",
    from: { path: "^server/providers/", pathNot: tests },
    to: { path: `(${anyFeature}|^server/(trpc|http|vault)/|^db/|^app/|^jobs/)`, pathNot: "^db/tables/", ...valuesOnly },
  },
  {
    name: "providers-know-no-other-provider",
    comment: "Adapters do not know each other: move the shared part to server/providers/.",
    severity: "error",
    from: { path: "^server/providers/([^/]+)/", pathNot: `(${tests}|${standIn})` },
    to: { path: "^server/providers/[^/]+/", pathNot: "^server/providers/$1/" },
  },
  {
    name: "foundations-stand-below-features",
    comment: "A foundation never imports a feature: hand it in, or move the code up.",
    severity: "error",
    from: { path: `^server/(${foundations.join("|")})/`, pathNot: tests },
    to: { path: `(${anyFeature}|^server/(trpc|http)/)`, pathNot: "\\.contract\\.ts$", ...valuesOnly },
  },
  {
    name: "house-knows-no-door-or-launcher",
    comment: "Arrows only go down: server/ imports neither app/, jobs/, launch/ nor checks/.",
    severity: "error",
    from: { path: "^server/", pathNot: tests },
    to: { path: "^(app|jobs|launch|checks|e2e|bench|soak)/", ...valuesOnly },
  },
  ...onlyLowerFeatures,
];

const ground = [
  {
    name: "jobs-call-verbs",
    comment: "A job calls a verb: neither a router, nor a query, nor a page.",
    severity: "error",
    from: { path: "^jobs/", pathNot: tests },
    to: { path: "(^app/|\\.router\\.ts$|\\.http\\.ts$|\\.queries\\.ts$|^server/(trpc|http)/|^server/router\\.ts$)" },
  },
  {
    name: "runtime-imports-nothing-of-ours",
    comment: "runtime/ runs beside customers' code, also on other machines: only npm and itself.",
    severity: "error",
    from: { path: "^runtime/", pathNot: tests },
    to: { path: "^(app|server|db|jobs|launch|checks)/" },
  },
  {
    name: "house-takes-runtime-contracts-only",
    comment:
      "The house imports runtime/contract and runtime/redaction, nothing else of runtime/; only an adapter may take the handler's code.",
    severity: "error",
    from: { path: "^(server|jobs|db|app)/", pathNot: `(${tests}|^server/providers/)` },
    to: { path: "^runtime/(agent-host|handler)/", ...valuesOnly },
  },
  {
    name: "host-is-reached-over-its-socket",
    comment: "The agent host is another program: speak to it over its socket.",
    severity: "error",
    from: { path: "^(server|jobs|db|app|launch)/", pathNot: `(${tests}|${standIn})` },
    to: { path: "^runtime/agent-host/", ...valuesOnly },
  },
  {
    name: "stand-in-is-for-tests",
    comment: "providers/fake stands in for a provider in tests; no installation offers it.",
    severity: "error",
    from: { path: "^(app|server|db|jobs|launch)/", pathNot: `(${tests}|${standIn}|\\.conformance\\.ts$)` },
    to: { path: standIn, ...valuesOnly },
  },
  {
    name: "db-imports-npm-only",
    comment: "db/ is the ground: nothing of ours below it.",
    severity: "error",
    from: { path: "^db/", pathNot: `(${tests}|^db/seed/)` },
    to: { path: "^(app|server|jobs|runtime|launch|checks)/", ...valuesOnly },
  },
  {
    name: "tables-are-pure",
    comment: "A table file is words and types: contracts, and so the browser, read it.",
    severity: "error",
    from: { path: "^db/tables/" },
    to: { pathNot: "^db/tables/", ...valuesOnly },
  },
];

const around = [
  {
    name: "bootstrap-needs-node-only",
    comment: "launch/bootstrap.mjs runs before anything is installed: node built-ins and files beside it only.",
    severity: "error",
    from: { path: "^launch/[^/]+\\.mjs$" },
    to: { pathNot: "^launch/[^/]+\\.mjs$", dependencyTypesNot: ["core"] },
  },
  {
    name: "launch-knows-no-door",
    comment: "launch/ starts programs; it imports neither pages, nor routers, nor jobs.",
    severity: "error",
    from: { path: "^launch/", pathNot: tests },
    to: { path: "^(app|jobs|e2e|bench|soak|checks)/|^server/(http|trpc)/|\\.router\\.ts$", ...valuesOnly },
  },
  {
    name: "outside-stays-outside",
    comment: "e2e/ and bench/ use the product from outside, as a person or a program would.",
    severity: "error",
    from: { path: "^(e2e|bench)/" },
    to: { path: "^(app|jobs|checks)/|^server/(?!testing/)", ...valuesOnly },
  },
  {
    name: "nobody-needs-the-checks",
    comment: "checks/, e2e/, bench/ and soak/ look at the product; the product never looks back.",
    severity: "error",
    from: { path: "^(app|server|db|jobs|runtime|launch)/" },
    to: { path: "^(checks|e2e|bench|soak)/" },
  },
  {
    name: "test-ground-is-for-tests",
    comment: "server/testing and db/testing are for tests.",
    severity: "error",
    from: { path: "^(app|server|db|jobs|runtime|launch)/", pathNot: `(${tests}|\\.conformance\\.ts$|^launch/.*test)` },
    to: { path: "^(server/testing/|db/testing\\.ts$)" },
  },
  {
    name: "no-circles",
    comment: "A circle of imports: move what both need into a third file below them.",
    severity: "error",
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
  },
  {
    name: "imports-resolve",
    comment: "There is no such file or installed package.",
    severity: "error",
    from: {},
    to: { couldNotResolve: true, pathNot: "^(virtual:|cloudflare:)" },
  },
  {
    name: "product-code-needs-product-dependencies",
    comment: "Only devDependencies has this package: a production installation would miss it.",
    severity: "error",
    from: { path: "^(app|server|db|jobs|runtime)/", pathNot: `(${tests}|\\.conformance\\.ts$)` },
    to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
  },
];

module.exports = {
  forbidden: [...people, ...house, ...ground, ...around],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(build|\\.data)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      mainFields: ["module", "main", "types"],
    },
  },
};
