#include "input.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { patience_s = 5, max_name = 4096 };

static bool read_all(int socket, void *to, size_t count) {
  uint8_t *at = to;
  while (count > 0) {
    ssize_t got = read(socket, at, count);
    if (got <= 0) return false;
    at += got;
    count -= (size_t)got;
  }
  return true;
}

static bool write_all(int socket, const void *from, size_t count) {
  return send(socket, from, count, MSG_NOSIGNAL) == (ssize_t)count;
}

/* Version, no authentication, shared, past the description of the display, and what is understood. */
static bool greet(int socket) {
  uint8_t buffer[max_name];
  uint32_t length;
  if (!read_all(socket, buffer, 12) || !write_all(socket, "RFB 003.008\n", 12)) return false;
  if (!read_all(socket, buffer, 1) || !read_all(socket, buffer + 1, buffer[0])) return false;
  if (!write_all(socket, "\1", 1) || !read_all(socket, buffer, 4)) return false;
  if (!write_all(socket, "\1", 1) || !read_all(socket, buffer, 24)) return false;
  memcpy(&length, buffer + 20, 4);
  length = __builtin_bswap32(length);
  if (length > sizeof buffer || !read_all(socket, buffer, length)) return false;
  /* SetEncodings with ExtendedDesktopSize: who does not know that a display can change its size is let go
     when it does. */
  static const uint8_t encodings[8] = {2, 0, 0, 1, 0xff, 0xff, 0xfe, 0xcc};
  return write_all(socket, encodings, sizeof encodings);
}

bool input_open(struct input *input, const char *path) {
  *input = (struct input){.socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  struct timeval patience = {.tv_sec = patience_s};
  setsockopt(input->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return connect(input->socket, (const void *)&address, sizeof address) == 0 &&
         greet(input->socket);
}

bool input_pointer(struct input *input, uint16_t x, uint16_t y, uint8_t buttons) {
  input->x = x;
  input->y = y;
  input->buttons = buttons;
  uint8_t message[6] = {5,           buttons,           (uint8_t)(x >> 8), (uint8_t)x,
                        (uint8_t)(y >> 8), (uint8_t)y};
  return write_all(input->socket, message, sizeof message);
}

bool input_hear(struct input *input) {
  uint8_t ignored[4096];
  ssize_t got = recv(input->socket, ignored, sizeof ignored, MSG_DONTWAIT);
  return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

void input_release_all(struct input *input) {
  if (input->buttons != 0) input_pointer(input, input->x, input->y, 0);
}
