import type { Socket } from "node:net";

/** Both ends of the connections that a proxy passes on. When one end closes, the other is closed too. */
export class JoinedSockets {
  readonly #sockets = new Set<Socket>();

  join(client: Socket, server: Socket): void {
    const both = [client, server];
    for (const socket of both) {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        for (const other of both) other.destroy();
      });
    }
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
