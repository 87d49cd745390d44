// Knows which connections carry a request right now, so that a stop closes the others at once: node itself leaves those open that never asked.
import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Answers what closes every connection that waits for nothing. */
export function trackConnections(server: Server): () => void {
  const quiet = new Set<Socket>();
  server.on("connection", (socket) => {
    quiet.add(socket);
    socket.once("close", () => quiet.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    quiet.delete(socket);
    response.once("close", () => {
      if (!socket.destroyed) quiet.add(socket);
    });
  });
  return () => {
    for (const socket of quiet) socket.destroy();
  };
}
