/*
 * Several pages' sounds become one, in pieces of 20 ms. A source that has nothing for a moment does not hold
 * up the others; one that is far ahead does not wait for them. Pure.
 */
#ifndef HANARE_MIXER_H
#define HANARE_MIXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sound.h"

enum {
  piece_frames = sound_rate / 50,
  piece_bytes = piece_frames * sound_frame_bytes,
  /* So far one source may run ahead of another before it is heard without that. */
  lead_bytes = 4 * piece_bytes,
  queue_bytes = 32 * piece_bytes,
};

struct source {
  uint8_t queue[queue_bytes];
  size_t length;
};

/* Where the next bytes of this source go; 0 bytes: it is far ahead of the clock, and loses its oldest. */
size_t source_room(struct source *source, uint8_t **to);
/* Takes the next piece of all sources together; false when it is not there yet. */
bool mixer_next(struct source *const *sources, int count, int16_t *out);
/* The same with what there is, silence in place of what is missing; false when nothing is left. */
bool mixer_rest(struct source *const *sources, int count, int16_t *out);
bool is_silent(const int16_t *piece);

#endif
