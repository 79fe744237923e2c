/*
 * The person's keys and pointer, handed to Xvnc in its own protocol (RFB, RFC 6143, and QEMU's extended
 * key event), as its ordinary clients do. Whatever is held down is let go at the end.
 */
#ifndef HANARE_INPUT_H
#define HANARE_INPUT_H

#include <stdbool.h>
#include <stdint.h>

struct input {
  int socket;
  uint16_t x, y;
  uint8_t buttons;
  struct {
    uint32_t keysym, code;
  } held[32];
  int held_count;
};

/* Connects to Xvnc and says hello; false when it does not answer. */
bool input_open(struct input *input, const char *path);
bool input_pointer(struct input *input, uint16_t x, uint16_t y, uint8_t buttons);
/* `code` is a PC set 1 scan code, or 0. */
bool input_key(struct input *input, uint32_t keysym, uint32_t code, bool down);
/* Reads and forgets what Xvnc says; false when it went away. */
bool input_hear(struct input *input);
void input_release_all(struct input *input);

#endif
