#include "wire.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

enum { header_bytes = 5 };

uint16_t read_u16(const uint8_t *at) { return (uint16_t)(at[0] << 8 | at[1]); }
uint32_t read_u32(const uint8_t *at) {
  return (uint32_t)read_u16(at) << 16 | read_u16(at + 2);
}

static void write_header(uint8_t *to, uint8_t type, size_t length) {
  for (int at = 0; at < 4; at += 1) to[at] = (uint8_t)(length >> (24 - 8 * at));
  to[4] = type;
}

bool wire_send(struct wire *wire, uint8_t type, const uint8_t *payload, size_t length) {
  uint8_t header[header_bytes];
  write_header(header, type, length);
  struct iovec parts[2] = {{header, sizeof header}, {(void *)(uintptr_t)payload, length}};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
  while (parts[0].iov_len + parts[1].iov_len > 0) {
    ssize_t sent = sendmsg(wire->socket, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    for (int at = 0; at < 2; at += 1) {
      size_t done = (size_t)sent < parts[at].iov_len ? (size_t)sent : parts[at].iov_len;
      parts[at].iov_base = (uint8_t *)parts[at].iov_base + done;
      parts[at].iov_len -= done;
      sent -= (ssize_t)done;
    }
  }
  return true;
}

bool wire_offer(struct wire *wire, uint8_t type, const uint8_t *payload, size_t length) {
  uint8_t header[header_bytes];
  write_header(header, type, length);
  struct iovec parts[2] = {{header, sizeof header}, {(void *)(uintptr_t)payload, length}};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
  ssize_t sent = sendmsg(wire->socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0) return errno == EAGAIN || errno == EINTR;
  return (size_t)sent == sizeof header + length;
}

bool wire_open(struct wire *wire, const char *path, const char *kind, const char *stream) {
  *wire = (struct wire){.socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  char hello[128];
  int length =
      snprintf(hello, sizeof hello, "{\"kind\":\"%s\",\"stream\":\"%s\"}", kind, stream);
  return length < (int)sizeof hello &&
         connect(wire->socket, (const void *)&address, sizeof address) == 0 &&
         wire_send(wire, frame_hello, (const uint8_t *)hello, (size_t)length);
}

bool wire_hear(struct wire *wire) {
  size_t room = sizeof wire->heard - wire->length;
  ssize_t got = recv(wire->socket, wire->heard + wire->length, room, MSG_DONTWAIT);
  if (got > 0) wire->length += (size_t)got;
  return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

int wire_next(struct wire *wire, struct message *out) {
  if (wire->length < header_bytes) return 0;
  uint32_t length = read_u32(wire->heard);
  if (length > most_from_host) return -1;
  if (wire->length < header_bytes + length) return 0;
  out->type = wire->heard[4];
  out->length = length;
  memcpy(out->payload, wire->heard + header_bytes, length);
  wire->length -= header_bytes + length;
  memmove(wire->heard, wire->heard + header_bytes + length, wire->length);
  return 1;
}
