/*
 * The person's pointer, handed to Xvnc in its own protocol (RFB, RFC 6143), as its ordinary clients do.
 * A button that is held down is let go at the end. Keys go by the agent, in one line with text.
 */
#ifndef HANARE_INPUT_H
#define HANARE_INPUT_H

#include <stdbool.h>
#include <stdint.h>

struct input {
  int socket;
  uint16_t x, y;
  uint8_t buttons;
};

/* Connects to Xvnc and says hello; false when it does not answer. */
bool input_open(struct input *input, const char *path);
bool input_pointer(struct input *input, uint16_t x, uint16_t y, uint8_t buttons);
/* Reads and forgets what Xvnc says; false when it went away. */
bool input_hear(struct input *input);
void input_release_all(struct input *input);

#endif
