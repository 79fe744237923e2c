/*
 * The sound card that the container does not have: an ALSA device (alsa-lib's ioplug interface) that takes
 * what the browser plays at the pace of the clock and hands it to hanare-sound, while that listens; else to
 * nobody. Lives in the browser's sound process, from the moment a page makes sound. Never waits for anybody:
 * what a listener does not take at once is lost, and the listener with it.
 *
 * Chromium plays nothing where no card is found, so its questions about cards are answered here as well
 * (this file is preloaded into it): there is one, with one device, for playing only.
 */
#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "sound.h"

static const uint64_t second_ns = 1000000000, first_pause_ns = 20000000;

struct device {
  snd_pcm_ioplug_t io;
  int socket; /* -1: nobody listens */
  uint64_t dial_ns, pause_ns; /* when to look for a listener again */
  uint64_t clock_ns; /* the moment that the device's position belongs to */
  snd_pcm_uframes_t boundary;
};

static uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * second_ns + (uint64_t)time.tv_nsec;
}

static void hang_up(struct device *device) {
  if (device->socket >= 0) close(device->socket);
  device->socket = -1;
}

/* At first often, so that the beginning of a sound is not lost, then once a second. */
static void dial(struct device *device) {
  uint64_t now = now_ns();
  if (device->socket >= 0 || now < device->dial_ns) return;
  device->dial_ns = now + device->pause_ns;
  if (device->pause_ns < second_ns) device->pause_ns *= 2;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = sound_socket};
  if (fd >= 0 && connect(fd, (const void *)&address, sizeof address) != 0) {
    close(fd);
    fd = -1;
  }
  device->socket = fd;
}

static int on_start(snd_pcm_ioplug_t *io) {
  struct device *device = io->private_data;
  device->clock_ns = now_ns();
  return 0;
}

static int on_stop(snd_pcm_ioplug_t *io) {
  (void)io;
  return 0;
}

static int on_prepare(snd_pcm_ioplug_t *io) {
  struct device *device = io->private_data;
  snd_pcm_sw_params_t *params;
  snd_pcm_sw_params_alloca(&params);
  if (snd_pcm_sw_params_current(io->pcm, params) == 0)
    snd_pcm_sw_params_get_boundary(params, &device->boundary);
  device->clock_ns = now_ns();
  device->pause_ns = first_pause_ns;
  device->dial_ns = 0;
  return 0;
}

/* As far as the clock has come, and no farther than what was written: a device that runs dry waits. */
static snd_pcm_sframes_t on_pointer(snd_pcm_ioplug_t *io) {
  struct device *device = io->private_data;
  snd_pcm_uframes_t boundary = device->boundary ? device->boundary : io->buffer_size;
  snd_pcm_uframes_t queued = (io->appl_ptr + boundary - io->hw_ptr) % boundary;
  uint64_t now = now_ns();
  snd_pcm_uframes_t passed = (now - device->clock_ns) * sound_rate / second_ns;
  if (passed >= queued) {
    passed = queued;
    device->clock_ns = now;
  } else
    device->clock_ns += passed * second_ns / sound_rate;
  return (snd_pcm_sframes_t)((io->hw_ptr + passed) % boundary);
}

static snd_pcm_sframes_t on_transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *areas,
                                     snd_pcm_uframes_t offset, snd_pcm_uframes_t frames) {
  struct device *device = io->private_data;
  const char *from = (const char *)areas->addr + (areas->first + areas->step * offset) / 8;
  size_t length = frames * sound_frame_bytes;
  dial(device);
  if (device->socket >= 0 &&
      send(device->socket, from, length, MSG_NOSIGNAL) != (ssize_t)length)
    hang_up(device);
  return (snd_pcm_sframes_t)frames;
}

static int on_close(snd_pcm_ioplug_t *io) {
  struct device *device = io->private_data;
  hang_up(device);
  close(io->poll_fd);
  free(device);
  return 0;
}

static const snd_pcm_ioplug_callback_t callbacks = {
    .start = on_start,
    .stop = on_stop,
    .pointer = on_pointer,
    .transfer = on_transfer,
    .prepare = on_prepare,
    .close = on_close,
};

static int set_limits(snd_pcm_ioplug_t *io) {
  static const unsigned int access[] = {SND_PCM_ACCESS_RW_INTERLEAVED}, format[] = {SND_PCM_FORMAT_S16_LE};
  static const struct {
    int what;
    unsigned int least, most;
  } ranges[] = {
      {SND_PCM_IOPLUG_HW_CHANNELS, sound_channels, sound_channels},
      {SND_PCM_IOPLUG_HW_RATE, sound_rate, sound_rate},
      {SND_PCM_IOPLUG_HW_PERIOD_BYTES, 480 * sound_frame_bytes, 4096 * sound_frame_bytes},
      {SND_PCM_IOPLUG_HW_BUFFER_BYTES, 960 * sound_frame_bytes, 16384 * sound_frame_bytes},
      {SND_PCM_IOPLUG_HW_PERIODS, 2, 16},
  };
  int error = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_ACCESS, 1, access);
  if (error == 0) error = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_FORMAT, 1, format);
  for (size_t at = 0; error == 0 && at < sizeof ranges / sizeof *ranges; at += 1)
    error = snd_pcm_ioplug_set_param_minmax(io, ranges[at].what, ranges[at].least, ranges[at].most);
  return error;
}

/* Whoever waits for the device to want more looks again every ten milliseconds. */
static int ticking(void) {
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  const struct timespec tick = {.tv_nsec = 10000000};
  if (timer >= 0) timerfd_settime(timer, 0, &(struct itimerspec){tick, tick}, NULL);
  return timer;
}

SND_PCM_PLUGIN_DEFINE_FUNC(hanare) {
  (void)root;
  (void)conf;
  if (stream != SND_PCM_STREAM_PLAYBACK) return -ENODEV;
  struct device *device = calloc(1, sizeof *device);
  if (!device) return -ENOMEM;
  device->socket = -1;
  device->io = (snd_pcm_ioplug_t){
      .version = SND_PCM_IOPLUG_VERSION,
      .name = "Hanare",
      .flags = SND_PCM_IOPLUG_FLAG_BOUNDARY_WA,
      .callback = &callbacks,
      .private_data = device,
      .poll_fd = ticking(),
      .poll_events = POLLIN,
  };
  int error = device->io.poll_fd < 0 ? -errno : snd_pcm_ioplug_create(&device->io, name, stream, mode);
  if (error < 0) {
    if (device->io.poll_fd >= 0) close(device->io.poll_fd);
    free(device);
    return error;
  }
  error = set_limits(&device->io);
  if (error < 0) {
    snd_pcm_ioplug_delete(&device->io);
    return error;
  }
  *pcmp = device->io.pcm;
  return 0;
}
SND_PCM_PLUGIN_SYMBOL(hanare);

int snd_card_next(int *card) {
  *card = *card < 0 ? 0 : -1;
  return 0;
}

/* In the form that snd_device_name_get_hint reads, one piece of memory for the list and its only entry. */
int snd_device_name_hint(int card, const char *what, void ***hints) {
  static const char entry[] = "NAMEdefault|DESCHanare|IOIDOutput";
  if (card > 0 || strcmp(what, "pcm") != 0) return -ENODEV;
  struct {
    void *list[2];
    char entry[sizeof entry];
  } *found = calloc(1, sizeof *found);
  if (!found) return -ENOMEM;
  memcpy(found->entry, entry, sizeof entry);
  found->list[0] = found->entry;
  *hints = found->list;
  return 0;
}

int snd_device_name_free_hint(void **hints) {
  free(hints);
  return 0;
}
