/** The terminal's address as the socket knows it. Forwarding headers are never believed: anyone can send them. */
export function terminalOf(socket: { readonly remoteAddress?: string | undefined }): string {
  const address = socket.remoteAddress;
  // A unix socket has no address: the caller is on this machine.
  if (address === undefined || address === "") return "local";
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? address;
}
