/*
 * The connection to the host: frames of images/wire/frame.ts, of the kinds of images/wire/screen.ts and
 * sound.ts, whose numbers stand here once more. What the host sends is bounded; anything else ends the connection.
 */
#ifndef HANARE_WIRE_H
#define HANARE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  frame_hello = 1,
  frame_cursor = 17,
  frame_ack = 18,
  frame_watch = 19,
  frame_pointer = 20,
  frame_refresh = 22,
  frame_update = 25,
  frame_sound = 26,
};
enum { part_move = 1, part_png = 2, part_runs = 3, part_video = 4 };
enum { most_from_host = 64, largest_cursor = 128 };

struct wire {
  int socket;
  uint8_t heard[4096];
  size_t length;
};

struct message {
  uint8_t type;
  size_t length;
  uint8_t payload[most_from_host];
};

/* Dials and says what the connection is for. */
bool wire_open(struct wire *wire, const char *path, const char *kind, const char *stream);
bool wire_send(struct wire *wire, uint8_t type, const uint8_t *payload, size_t length);
/*
 * For few bytes that are worth nothing later: a host that does not take them at once does not get them, which
 * is no failure.
 */
bool wire_offer(struct wire *wire, uint8_t type, const uint8_t *payload, size_t length);
/* Reads what is there; false when the host went away. */
bool wire_hear(struct wire *wire);
/* The next whole message; 0 none yet, -1 not one of ours. */
int wire_next(struct wire *wire, struct message *out);

uint16_t read_u16(const uint8_t *at);
uint32_t read_u32(const uint8_t *at);

#endif
