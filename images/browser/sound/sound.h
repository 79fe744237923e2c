/* What both ends of the container's sound agree on: samples as the device takes them, and where they go. */
#ifndef HANARE_SOUND_H
#define HANARE_SOUND_H

/* Of 16 bits, one for each channel by turns, in the machine's order of bytes. */
enum { sound_rate = 48000, sound_channels = 2, sound_frame_bytes = 2 * sound_channels };
#define sound_socket "/tmp/sound.sock"

#endif
