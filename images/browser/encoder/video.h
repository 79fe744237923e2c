/*
 * H.264 of the whole display by x264: made for moving pictures, for which lossless parts would be too
 * many bytes. No frame is kept back: one goes in, one comes out. Given up when it was idle for a while.
 */
#ifndef HANARE_VIDEO_H
#define HANARE_VIDEO_H

#include "grid.h"
#include "still.h"

struct video;

/* `bits_per_second` bounds the stream; 0 does not. */
struct video *video_open(int width, int height);
void video_close(struct video *video);
void video_limit(struct video *video, uint32_t kbit_per_second);
/* What was drawn since the last frame; converted when the next one is made. */
void video_changed(struct video *video, const struct grid *changed);
/* Appends one access unit (Annex B); says whether a decoder can begin with it. */
bool video_encode(struct video *video, const uint32_t *pixels, bool key, struct bytes *out);

#endif
