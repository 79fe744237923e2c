#include "video.h"

#include <stdlib.h>
#include <x264.h>

enum { start_kbit = 40000, quality = 26 };

struct video {
  x264_t *encoder;
  x264_param_t settings;
  x264_picture_t picture;
  struct grid stale;
  int width, height; /* even, as 4:2:0 wants it */
  int64_t count;
};

struct video *video_open(int width, int height) {
  struct video *video = calloc(1, sizeof *video);
  if (!video) abort();
  video->width = (width + 1) & ~1;
  video->height = (height + 1) & ~1;
  grid_init(&video->stale, width, height);
  grid_fill(&video->stale);
  x264_param_t *settings = &video->settings;
  x264_param_default_preset(settings, "ultrafast", "zerolatency");
  settings->i_width = video->width;
  settings->i_height = video->height;
  settings->i_csp = X264_CSP_I420;
  settings->i_fps_num = 60;
  settings->i_fps_den = 1;
  settings->i_threads = 1;
  settings->i_keyint_max = X264_KEYINT_MAX_INFINITE;
  settings->i_scenecut_threshold = 0;
  settings->i_log_level = X264_LOG_NONE;
  settings->b_annexb = 1;
  settings->b_repeat_headers = 1;
  settings->rc.i_rc_method = X264_RC_CRF;
  settings->rc.f_rf_constant = quality;
  settings->rc.i_vbv_max_bitrate = start_kbit;
  settings->rc.i_vbv_buffer_size = start_kbit / 8;
  settings->vui.i_colmatrix = 1; /* BT.709 */
  settings->vui.i_colorprim = 1;
  settings->vui.i_transfer = 1;
  settings->vui.b_fullrange = 0;
  x264_param_apply_profile(settings, "baseline");
  video->encoder = x264_encoder_open(settings);
  if (!video->encoder ||
      x264_picture_alloc(&video->picture, X264_CSP_I420, video->width, video->height) < 0)
    abort();
  return video;
}

void video_close(struct video *video) {
  if (!video) return;
  x264_encoder_close(video->encoder);
  x264_picture_clean(&video->picture);
  grid_free(&video->stale);
  free(video);
}

void video_limit(struct video *video, uint32_t kbit_per_second) {
  video->settings.rc.i_vbv_max_bitrate = (int)kbit_per_second;
  video->settings.rc.i_vbv_buffer_size = (int)kbit_per_second / 8;
  x264_encoder_reconfig(video->encoder, &video->settings);
}

void video_changed(struct video *video, const struct grid *changed) {
  for (int at = 0; at < changed->columns * changed->rows; at += 1)
    video->stale.marks[at] |= changed->marks[at];
}

static int red(uint32_t pixel) { return (pixel >> 16) & 0xff; }
static int green(uint32_t pixel) { return (pixel >> 8) & 0xff; }
static int blue(uint32_t pixel) { return pixel & 0xff; }

/* BT.709, limited range (ITU-T H.264, Annex E), in 1/65536; chroma of the four pixels' mean. */
static void convert(struct video *video, const uint32_t *pixels, struct rect part) {
  int stride = video->stale.width;
  x264_image_t *image = &video->picture.img;
  for (int y = part.y; y < part.y + part.h; y += 1) {
    const uint32_t *line = pixels + (size_t)y * (size_t)stride;
    uint8_t *luma = image->plane[0] + (ptrdiff_t)y * image->i_stride[0];
    for (int x = part.x; x < part.x + part.w; x += 1)
      luma[x] = (uint8_t)((11966 * red(line[x]) + 40254 * green(line[x]) + 4064 * blue(line[x]) +
                           1081344) >> 16);
  }
  for (int y = part.y; y < part.y + part.h; y += 2) {
    const uint32_t *line = pixels + (size_t)y * (size_t)stride;
    const uint32_t *below = y + 1 < video->stale.height ? line + stride : line;
    uint8_t *u = image->plane[1] + (ptrdiff_t)(y / 2) * image->i_stride[1];
    uint8_t *v = image->plane[2] + (ptrdiff_t)(y / 2) * image->i_stride[2];
    for (int x = part.x; x < part.x + part.w; x += 2) {
      int next = x + 1 < stride ? x + 1 : x;
      int r = red(line[x]) + red(line[next]) + red(below[x]) + red(below[next]);
      int g = green(line[x]) + green(line[next]) + green(below[x]) + green(below[next]);
      int b = blue(line[x]) + blue(line[next]) + blue(below[x]) + blue(below[next]);
      u[x / 2] = (uint8_t)((-6596 * r - 22189 * g + 28784 * b + 33685504) >> 18);
      v[x / 2] = (uint8_t)((28784 * r - 26145 * g - 2640 * b + 33685504) >> 18);
    }
  }
}

/* An odd width or height leaves one column or row that no pixel fills: it repeats its neighbour. */
static void repeat_edges(struct video *video) {
  x264_image_t *image = &video->picture.img;
  int w = video->stale.width, h = video->stale.height;
  if (video->width > w)
    for (int y = 0; y < h; y += 1) {
      uint8_t *luma = image->plane[0] + (ptrdiff_t)y * image->i_stride[0];
      luma[w] = luma[w - 1];
    }
  if (video->height > h) {
    uint8_t *luma = image->plane[0] + (ptrdiff_t)h * image->i_stride[0];
    for (int x = 0; x < video->width; x += 1) luma[x] = luma[x - image->i_stride[0]];
  }
}

bool video_encode(struct video *video, const uint32_t *pixels, bool key, struct bytes *out) {
  static struct rect parts[max_rects];
  int count = grid_rects(&video->stale, parts);
  for (int at = 0; at < count; at += 1) convert(video, pixels, parts[at]);
  grid_clear(&video->stale);
  repeat_edges(video);
  video->picture.i_pts = video->count++;
  video->picture.i_type = key ? X264_TYPE_IDR : X264_TYPE_AUTO;
  x264_nal_t *units;
  int unit_count;
  x264_picture_t made;
  int length = x264_encoder_encode(video->encoder, &units, &unit_count, &video->picture, &made);
  if (length <= 0) abort();
  uint8_t *to = bytes_grow(out, (size_t)length);
  for (int at = 0; at < length; at += 1) to[at] = units[0].p_payload[at];
  return made.b_keyframe != 0;
}
