// What the address of a list asks for.
export type Find = { search: string; isDisabled: boolean; cursor?: string };

export function findOf(request: Request): Find {
  const query = new URL(request.url).searchParams;
  const cursor = query.get("cursor")?.slice(0, 200);
  const search = (query.get("search") ?? "").trim().slice(0, 254);
  return { search, isDisabled: query.get("only") === "disabled", ...(cursor ? { cursor } : {}) };
}
