#include "mixer.h"

#include <string.h>

static void drop(struct source *source, size_t bytes) {
  source->length -= bytes;
  memmove(source->queue, source->queue + bytes, source->length);
}

size_t source_room(struct source *source, uint8_t **to) {
  if (source->length == queue_bytes) drop(source, piece_bytes);
  *to = source->queue + source->length;
  return queue_bytes - source->length;
}

static bool is_ready(struct source *const *sources, int count) {
  bool all = count > 0;
  for (int at = 0; at < count; at += 1) {
    if (sources[at]->length >= lead_bytes) return true;
    all = all && sources[at]->length >= piece_bytes;
  }
  return all;
}

bool mixer_next(struct source *const *sources, int count, int16_t *out) {
  if (!is_ready(sources, count)) return false;
  int32_t sum[piece_frames * sound_channels] = {0};
  for (int at = 0; at < count; at += 1) {
    struct source *source = sources[at];
    if (source->length < piece_bytes) continue;
    int16_t piece[piece_frames * sound_channels];
    memcpy(piece, source->queue, piece_bytes);
    drop(source, piece_bytes);
    for (int n = 0; n < piece_frames * sound_channels; n += 1) sum[n] += piece[n];
  }
  for (int n = 0; n < piece_frames * sound_channels; n += 1)
    out[n] = (int16_t)(sum[n] > INT16_MAX ? INT16_MAX : sum[n] < INT16_MIN ? INT16_MIN : sum[n]);
  return true;
}

bool mixer_rest(struct source *const *sources, int count, int16_t *out) {
  bool some = false;
  for (int at = 0; at < count; at += 1) some = some || sources[at]->length > 0;
  for (int at = 0; some && at < count; at += 1) {
    struct source *source = sources[at];
    if (source->length >= piece_bytes) continue;
    memset(source->queue + source->length, 0, piece_bytes - source->length);
    source->length = piece_bytes;
  }
  return some && mixer_next(sources, count, out);
}

bool is_silent(const int16_t *piece) {
  for (int n = 0; n < piece_frames * sound_channels; n += 1)
    if (piece[n] < -1 || piece[n] > 1) return false;
  return true;
}
