// The title of a page, most particular word first.
export function pageTitle(...parts: (string | undefined)[]) {
  return [{ title: [...parts.filter(Boolean), "webhost.systems"].join(" · ") }];
}
