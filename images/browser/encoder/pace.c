#include "pace.h"

/* Lossless parts: at once a full page of text, then what a slow office line still carries well. */
static const double most_saved = 400e3, most_bytes_per_ms = 1000;
/* Part of the line that is used, so that keys and downloads find room. */
static const double share = 0.7;
static const size_t small_update = 4096;
static const uint32_t most_kbit = 40000, least_kbit = 600;

void pace_init(struct pace *pace, double now_ms) {
  *pace = (struct pace){.allowance = most_saved, .allowance_at_ms = now_ms};
}

bool pace_free(const struct pace *pace) { return pace->count < 2; }

void pace_sent(struct pace *pace, uint32_t sequence, size_t bytes, double now_ms) {
  pace->under_way[pace->count].sequence = sequence;
  pace->under_way[pace->count].sent_ms = now_ms;
  pace->under_way[pace->count].bytes = bytes;
  pace->count += 1;
}

bool pace_acknowledged(struct pace *pace, uint32_t sequence, double now_ms) {
  if (pace->count == 0 || pace->under_way[0].sequence != sequence) return false;
  double sent = pace->under_way[0].sent_ms, trip = now_ms - sent;
  size_t bytes = pace->under_way[0].bytes;
  pace->count -= 1;
  pace->under_way[0] = pace->under_way[1];
  if (pace->shortest_ms == 0 || trip < pace->shortest_ms) pace->shortest_ms = trip;
  if (bytes >= small_update) {
    /* One that left while another was under way had the line only after that one's end. */
    double alone = trip - pace->shortest_ms, behind = now_ms - pace->last_ack_ms;
    double took = alone < behind ? alone : behind;
    double seen = (double)bytes / (took < 1 ? 1 : took);
    pace->bytes_per_ms = pace->bytes_per_ms == 0 ? seen : pace->bytes_per_ms * 0.75 + seen * 0.25;
  }
  pace->last_ack_ms = now_ms;
  return true;
}

static double usable(const struct pace *pace) {
  double known = pace->bytes_per_ms * share;
  return pace->bytes_per_ms == 0 || known > most_bytes_per_ms ? most_bytes_per_ms : known;
}

size_t pace_lossless(struct pace *pace, double now_ms) {
  double rate = usable(pace), most = most_saved * rate / most_bytes_per_ms;
  if (most < 16384) most = 16384;
  pace->allowance += (now_ms - pace->allowance_at_ms) * rate;
  pace->allowance_at_ms = now_ms;
  if (pace->allowance > most) pace->allowance = most;
  return pace->allowance < 0 ? 0 : (size_t)pace->allowance;
}

void pace_spend(struct pace *pace, size_t bytes) { pace->allowance -= (double)bytes; }

uint32_t pace_kbit(const struct pace *pace) {
  double kbit = pace->bytes_per_ms == 0 ? most_kbit : pace->bytes_per_ms * share * 8;
  if (kbit > most_kbit) return most_kbit;
  return kbit < least_kbit ? least_kbit : (uint32_t)kbit;
}
