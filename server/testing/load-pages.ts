// The people's door as it stands in the sources: Remix's own routing and rendering over the files of `app/`, without a build.
import { fileURLToPath } from "node:url";
import { flatRoutes } from "@remix-run/dev/dist/config/flat-routes.js";
import { createRequestHandler, type RequestHandler, type ServerBuild } from "@remix-run/node";
import remixConfig from "~/remix.config.js";

export type PageRoute = {
  id: string;
  parentId: string;
  /** The whole path, such as `/w/:workspaceId/keys`; null for a frame around other pages. */
  path: string | null;
  /** A form is sent to the index of a frame by `?index`. */
  isIndex: boolean;
  hasLoader: boolean;
  hasAction: boolean;
};

export type Pages = { handler: RequestHandler; routes: PageRoute[] };

const appDirectory = fileURLToPath(new URL("../../app", import.meta.url));
type RouteModule = ServerBuild["routes"][string]["module"];

export async function loadPages(): Promise<Pages> {
  const manifest = flatRoutes(appDirectory, remixConfig.ignoredRouteFiles ?? []);
  const found = Object.values(manifest).map((route) => ({ ...route, parentId: route.parentId ?? "root" }));
  const modules = new Map<string, RouteModule>();
  for (const { id, file } of found) modules.set(id, await importModule(file));
  const root = { id: "root", parentId: undefined, path: "", module: await importModule("root.tsx") };
  const routes = [root, ...found.map((route) => ({ ...route, module: moduleOf(modules, route.id) }))];
  const build = {
    entry: { module: (await importModule("entry.server.tsx")) as unknown as ServerBuild["entry"]["module"] },
    routes: Object.fromEntries(routes.map((route) => [route.id, route])),
    assets: { entry: { imports: [], module: "/entry.js" }, routes: assetsOf(routes), url: "/manifest.js", version: "1" },
    publicPath: "/",
    assetsBuildDirectory: "",
    future: remixConfig.future,
    isSpaMode: false,
    mode: "production",
  } as unknown as ServerBuild;
  const parents = new Set(found.map((route) => route.parentId));
  return {
    handler: createRequestHandler(build, "production"),
    routes: found.map(({ id, parentId, index }) => ({
      id,
      isIndex: index === true,
      parentId,
      path: parents.has(id) ? null : pathOf(manifest, id),
      hasLoader: "loader" in moduleOf(modules, id),
      hasAction: "action" in moduleOf(modules, id),
    })),
  };
}

async function importModule(file: string): Promise<RouteModule> {
  return (await import(/* @vite-ignore */ `${appDirectory}/${file}`)) as RouteModule;
}

function moduleOf(modules: Map<string, RouteModule>, id: string): RouteModule {
  const module = modules.get(id);
  if (!module) throw new Error(`app/${id} was not loaded`);
  return module;
}

function pathOf(manifest: ReturnType<typeof flatRoutes>, id: string): string {
  const parts: string[] = [];
  for (let at = manifest[id]; at; at = manifest[at.parentId ?? ""]) parts.unshift(at.path ?? "");
  return `/${parts.filter(Boolean).join("/")}`;
}

function assetsOf(routes: { id: string; parentId?: string | undefined; path?: string | undefined; module: RouteModule }[]) {
  const entries = routes.map(({ id, parentId, path, module }) => [
    id,
    {
      id,
      parentId,
      path,
      module: `/${id}.js`,
      imports: [],
      css: [],
      hasAction: "action" in module,
      hasLoader: "loader" in module,
      hasErrorBoundary: "ErrorBoundary" in module,
      hasClientAction: false,
      hasClientLoader: false,
    },
  ]);
  return Object.fromEntries(entries);
}
