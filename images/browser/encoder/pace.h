/*
 * How much may be on its way to the terminal, learnt from its acknowledgements: round trip and bandwidth.
 * Never more than two updates: a slow line gets fewer and newer pictures, no growing queue. Pure.
 */
#ifndef HANARE_PACE_H
#define HANARE_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pace {
  struct {
    uint32_t sequence;
    double sent_ms;
    size_t bytes;
  } under_way[2];
  int count;
  double shortest_ms;     /* round trip of the emptiest line seen */
  double last_ack_ms;
  double bytes_per_ms;    /* 0: not known yet */
  double allowance;       /* bytes of lossless parts that may be spent now */
  double allowance_at_ms;
};

void pace_init(struct pace *pace, double now_ms);
bool pace_free(const struct pace *pace);
void pace_sent(struct pace *pace, uint32_t sequence, size_t bytes, double now_ms);
/* False for an acknowledgement of something that is not under way. */
bool pace_acknowledged(struct pace *pace, uint32_t sequence, double now_ms);
/* Bytes that lossless parts of one update may take. */
size_t pace_lossless(struct pace *pace, double now_ms);
void pace_spend(struct pace *pace, size_t bytes);
/* What a video stream may take, in kbit/s. */
uint32_t pace_kbit(const struct pace *pace);

#endif
