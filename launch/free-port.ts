// A port that nobody listens on right now.
import { createServer } from "node:net";

/** Answers `wished` when it is free on `host`, null when it is taken; 0 wishes for any free port. */
export function findFreePort(host: string, wished = 0): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => (error.code === "EADDRINUSE" ? resolve(null) : reject(error)));
    server.listen(wished, host, () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : null;
      server.close(() => resolve(port));
    });
  });
}
