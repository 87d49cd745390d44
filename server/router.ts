// Every procedure under its noun. The browser imports the TYPE of this router and nothing else.
import { createCallerFactory, router } from "./trpc/init";

export const appRouter = router({});

export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
export type Caller = ReturnType<typeof createCaller>;
