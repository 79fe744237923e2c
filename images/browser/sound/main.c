/*
 * hanare-sound CONTROL-SOCKET STREAM: what pages play, as Opus, over a connection of its own to the host.
 * Started by the agent when a page makes sound that somebody may and wants to hear; ends with the host's
 * connection, or when no page has played for a while. Silence is not sent. What the host does not take at
 * once is lost: late sound is worse than none.
 */
#define _GNU_SOURCE /* accept4 */
#include <errno.h>
#include <opus/opus.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "mixer.h"
#include "wire.h"

enum {
  most_sources = 16,
  head_bytes = 8,
  largest_packet = 1275,   /* RFC 6716, 3.2.1 */
  bits_per_second = 96000, /* music in stereo without audible loss (RFC 7587, 3.1.1) */
  quiet_pieces = 10,       /* what fades out is sent to its end */
  fade_pieces = 2,
  stall_ms = 150,          /* a device hands over some 40 ms at a time */
  idle_ms = 2000,
};

struct sound {
  struct wire wire;
  int listener;
  struct pollfd from[2 + most_sources]; /* host, listener, pages */
  struct source *sources[most_sources];
  int count;
  OpusEncoder *encoder;
  uint32_t sequence; /* of 20 ms each, silent ones counted */
  int quiet;
  bool finished; /* nothing was sent since */
};

static int listen_for_pages(void) {
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = sound_socket};
  umask(0077);
  unlink(sound_socket);
  if (fd < 0 || bind(fd, (const void *)&address, sizeof address) != 0 ||
      listen(fd, most_sources) != 0)
    return -1;
  return fd;
}

static void accept_page(struct sound *sound) {
  int fd = accept4(sound->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  struct source *source = sound->count < most_sources ? calloc(1, sizeof *source) : NULL;
  if (!source) {
    close(fd);
    return;
  }
  sound->sources[sound->count] = source;
  sound->from[2 + sound->count] = (struct pollfd){.fd = fd, .events = POLLIN};
  sound->count += 1;
}

/* Milliseconds of the clock that the picture's encoder goes by as well. */
static uint32_t now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint32_t)((uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000);
}

static void write_u32(uint8_t *to, uint32_t value) {
  for (int at = 0; at < 4; at += 1) to[at] = (uint8_t)(value >> (24 - 8 * at));
}

/* False when the host went away. */
static bool send_piece(struct sound *sound, const int16_t *piece) {
  uint8_t payload[head_bytes + largest_packet];
  sound->sequence += 1;
  sound->finished = false;
  sound->quiet = is_silent(piece) ? sound->quiet + 1 : 0;
  if (sound->quiet > quiet_pieces) return true;
  write_u32(payload, sound->sequence);
  write_u32(payload + 4, now_ms());
  int length = opus_encode(sound->encoder, piece, piece_frames, payload + head_bytes, largest_packet);
  return length > 0 && wire_offer(&sound->wire, frame_sound, payload, head_bytes + (size_t)length);
}

/*
 * Nothing comes any more, and nobody says why: a page that stops leaves part of a piece here, and a codec's
 * frames overlap. Both are heard now, and not when the next sound begins. False when the host went away.
 */
static bool finish(struct sound *sound) {
  static const int16_t silence[piece_frames * sound_channels];
  int16_t piece[piece_frames * sound_channels];
  while (mixer_rest(sound->sources, sound->count, piece))
    if (!send_piece(sound, piece)) return false;
  for (int n = 0; n < fade_pieces; n += 1)
    if (!send_piece(sound, silence)) return false;
  sound->finished = true;
  return true;
}

static void forget_page(struct sound *sound, int at) {
  close(sound->from[2 + at].fd);
  free(sound->sources[at]);
  sound->count -= 1;
  sound->sources[at] = sound->sources[sound->count];
  sound->from[2 + at] = sound->from[2 + sound->count];
}

static void hear_page(struct sound *sound, int at) {
  uint8_t *to;
  size_t room = source_room(sound->sources[at], &to);
  ssize_t got = recv(sound->from[2 + at].fd, to, room, 0);
  if (got > 0) sound->sources[at]->length += (size_t)got;
  else if (got == 0 || (errno != EAGAIN && errno != EINTR)) forget_page(sound, at);
}

static bool run(struct sound *sound) {
  sound->from[0] = (struct pollfd){.fd = sound->wire.socket, .events = POLLIN};
  sound->from[1] = (struct pollfd){.fd = sound->listener, .events = POLLIN};
  for (;;) {
    int patience = !sound->finished ? stall_ms : sound->count == 0 ? idle_ms : -1;
    int found = poll(sound->from, 2 + (nfds_t)sound->count, patience);
    if (found == 0 && sound->finished) return true;
    if (found == 0 && !finish(sound)) return false;
    if (found <= 0) continue;
    /* The host says nothing here; what there is to hear is its end. */
    if (sound->from[0].revents) return true;
    for (int at = sound->count - 1; at >= 0; at -= 1)
      if (sound->from[2 + at].revents) hear_page(sound, at);
    if (sound->from[1].revents) accept_page(sound);
    int16_t piece[piece_frames * sound_channels];
    while (mixer_next(sound->sources, sound->count, piece))
      if (!send_piece(sound, piece)) return false;
  }
}

int main(int count, char **arguments) {
  static struct sound sound = {.finished = true};
  if (count != 3) {
    fputs("hanare-sound CONTROL-SOCKET STREAM\n", stderr);
    return 64;
  }
  int error;
  sound.encoder = opus_encoder_create(sound_rate, sound_channels, OPUS_APPLICATION_AUDIO, &error);
  if (!sound.encoder) return 1;
  opus_encoder_ctl(sound.encoder, OPUS_SET_BITRATE(bits_per_second));
  opus_encoder_ctl(sound.encoder, OPUS_SET_COMPLEXITY(5));
  sound.listener = listen_for_pages();
  if (sound.listener < 0 || !wire_open(&sound.wire, arguments[1], "sound", arguments[2])) return 1;
  return run(&sound) ? 0 : 1;
}
