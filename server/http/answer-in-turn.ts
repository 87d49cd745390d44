// Requests that were sent ahead on a connection begin when the one before them is answered: what nobody takes yet is not made ahead either.
import type { RequestListener } from "node:http";

/** Until its turn nothing is known of a request, and when its connection ends nothing has to be taken back. */
export function answerInTurn(listen: RequestListener): RequestListener {
  return (request, response) => {
    // Answers leave in order (RFC 9112, 9.3.2): the connection is given to the first that has none, and then to the next.
    if (response.socket === null) response.once("socket", () => listen(request, response));
    else listen(request, response);
  };
}
